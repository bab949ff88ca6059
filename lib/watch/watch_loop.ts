/** The loop of a watcher: runs its steps, and queues the events for the consumer. */

import { Roots } from "../roots/roots.ts";
import { BasePaths } from "../roots/base_paths.ts";
import type { SystemError } from "../kernel/errno.ts";
import { Inotify, type InotifySource } from "../kernel/inotify.ts";
import { Libc } from "../kernel/libc.ts";
import { WatchLimitError } from "../kernel/limit_error.ts";
import { Idle } from "./idle.ts";
import { EventQueue } from "./event_queue.ts";
import { PATH_LIMIT } from "./path_limit.ts";
import { KeepAlive } from "./keep_alive.ts";
import { MountChanges } from "./mount_changes.ts";
import { isNotFound } from "../tree/scan.ts";
import { Slice } from "../tree/slice.ts";
import { TreeWatcher } from "../tree/tree_watcher.ts";
import type { Directory } from "../tree/node.ts";
import { WatchTable } from "../tree/watch_table.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";
import type { AddOptions, OpenOptions } from "./options.ts";
import {
  resolveAddOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./resolve_options.ts";
import { compileReport } from "./report.ts";
import { toAbsolute } from "../roots/resolve_path.ts";
import { Scopes } from "./scopes.ts";
import { Steps } from "./steps.ts";
import type { Root } from "../roots/root.ts";

/** How long to work before other tasks of the event loop run, in milliseconds. */
const TURN_BUDGET_MS = 5;

/** How many promises in a row a consumer may await before the next step. */
const CONSUMER_AWAITS = 4;

/** The message of the error for the use of a closed watcher. */
export const CLOSED = "Cannot use the watcher: it is closed";

/** Connects an inotify instance, the given paths, their trees and a queue. */
export class WatchLoop<Type extends WatchEventType> {
  /** The events for the consumer. */
  readonly queue: EventQueue<WatchEvent<Type>>;
  readonly keepAlive: KeepAlive;

  readonly #inotify: InotifySource;
  readonly #libc: Libc;
  readonly #watches: WatchTable;
  readonly #treeWatcher: TreeWatcher;
  readonly #roots: Roots;
  readonly #options: OpenOptions<Type>;
  readonly #resolved: ResolvedOptions;
  readonly #basePaths = new BasePaths();
  readonly #scopes: Scopes;
  readonly #report: (event: WatchEvent) => WatchEvent | undefined;
  readonly #onAbort = () => void this.close();
  readonly #mounts: MountChanges;
  readonly #steps: Steps;
  #isRunning = false;
  readonly #idle: Idle;
  #closing: Promise<void> | undefined;
  readonly #closed = Promise.withResolvers<void>();

  constructor(options: OpenOptions<Type>) {
    const settings = this.#resolved = resolveOptions(
      options,
      this.#basePaths,
    );
    const {
      mask,
      scope,
      waitForMissing,
      isStrict,
      followSymlinks,
      highWaterMark,
    } = settings;
    this.#options = options;
    const scopes = this.#scopes = new Scopes(scope, this.#basePaths);
    this.#report = compileReport(settings, scopes, this.#basePaths);
    this.queue = new EventQueue<WatchEvent<Type>>(highWaterMark, PATH_LIMIT);

    using resources = new DisposableStack();
    const inotify: InotifySource = options.source?.() ?? new Inotify();
    resources.defer(() => void inotify.close());
    this.#inotify = inotify;
    this.keepAlive = new KeepAlive(inotify);
    const libc = this.#libc = resources.use(Libc.acquire());
    const watches = this.#watches = new WatchTable((wd) => {
      if (inotify.release) inotify.release(wd);
      // It fails if the watch was removed already and `IN.IGNORED` is queued.
      else libc.symbols.inotify_rm_watch(inotify.fd, wd);
    });
    const emit = (event: WatchEvent, cookie?: number) =>
      this.#emit(event, cookie);
    const slice = new Slice();
    const treeWatcher = this.#treeWatcher = new TreeWatcher({
      inotify,
      libc,
      watches,
      mask,
      slice,
      emit,
      isRequired: (directory, error) => this.#isRequired(directory, error),
      scopeOf: (path) => scopes.of(path),
    });
    this.#idle = new Idle({ inotify, treeWatcher });
    const mounts = this.#mounts = new MountChanges(libc, () => {
      this.#idle.wake();
    });
    resources.defer(() => void mounts.close());
    const roots = this.#roots = new Roots({
      inotify,
      libc,
      watches,
      mask,
      emit,
      treeWatcher,
      basePaths: this.#basePaths,
      waitForMissing,
      isStrict,
      followSymlinks: followSymlinks !== "none",
      followLinksBelow: followSymlinks === true,
      mounts,
      onEmpty: () => void this.close(),
    });
    this.#steps = new Steps({
      inotify,
      roots,
      treeWatcher,
      mounts,
      slice,
      isFull: () => this.queue.isFull,
    });

    options.signal?.addEventListener("abort", this.#onAbort);
    // From now on, `close()` releases them.
    resources.move();
  }

  /** Adds `paths`, and then reads events; closes everything if that fails. */
  async start(paths: readonly string[]): Promise<void> {
    try {
      await this.#add(paths);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#run();
  }

  /** Does what {@linkcode start} does, but blocks the event loop. */
  startSync(paths: readonly string[]): void {
    this.#treeWatcher.scansBlock = true;
    try {
      for (const _ of this.#addInSteps(paths)) this.#step();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#treeWatcher.scansBlock = false;
    this.#run();
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** The given paths that are watched. */
  get paths(): string[] {
    return this.#roots.paths;
  }

  /** Adds a path. */
  async add(path: string, options: AddOptions): Promise<void> {
    const own = resolveAddOptions(options, this.#options, this.#basePaths);
    using _ = this.keepAlive.hold();
    // A path that is watched already keeps its options.
    if (!this.#roots.find(path)) {
      this.#scopes.set(path, own ?? this.#resolved.scope);
    }
    await this.#add([path]);
  }

  /**
   * Removes a path.
   *
   * @throws {Deno.errors.NotFound} If `path` is not watched.
   */
  remove(path: string): void {
    const root = this.#roots.find(path);
    if (!root) {
      throw new Deno.errors.NotFound(
        `Cannot remove the path '${path}': it is not watched`,
      );
    }
    this.#roots.remove(root);
  }

  /** Resolves once the events of all changes before the call are queued. */
  async sync(): Promise<void> {
    using _ = this.keepAlive.hold();
    if (!this.#closing) this.#mounts.look();
    // While changes go on, the kernel's queue is never empty. But a read that does
    // not fill the buffer has read all events from before the call.
    const inotify = this.#inotify;
    let end: number | undefined;
    const hasRead = () =>
      !inotify.isBehind || inotify.position >= (end ??= inotify.end());
    const isDone = () => hasRead() && !this.#steps.isBusy;
    do {
      await this.#treeWatcher.progress;
      while (await this.#turn(isDone));
    } while (!this.#closing && this.#treeWatcher.progress);
  }

  /** Closes everything; resolves when everything is released. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.queue.end();
    this.#closed.resolve();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    // If a filter closes the watcher, a step is still running.
    await null;
    this.#steps.close();
    this.#treeWatcher.close();
    await Promise.all([this.#mounts.close(), this.#inotify.close()]);
    this.#libc[Symbol.dispose]();
  }

  async #add(paths: readonly string[]): Promise<void> {
    await this.#reach(paths);
    for (const _ of this.#addInSteps(paths)) {
      if (!await this.#turn()) await this.#treeWatcher.progress;
    }
  }

  /** Waits until the servers of network file systems have answered for `paths`. */
  async #reach(paths: readonly string[]): Promise<void> {
    const table = this.#mounts.read();
    if (!paths.some((path) => this.#roots.mayHang(path, table))) return;
    const { reach } = await import("../kernel/remote_directory.ts");
    const location = paths.map((path) => toAbsolute(path, this.#libc));
    await Promise.race([reach(location), this.#closed.promise]);
    this.#options.signal?.throwIfAborted();
    if (this.#closing) throw new Deno.errors.BadResource(CLOSED);
  }

  /** Adds `paths`; whenever it yields, the caller has to run some steps. */
  *#addInSteps(paths: readonly string[]): Generator<void, void> {
    const added: Root[] = [];
    try {
      for (const path of paths) {
        const root = this.#roots.add(path);
        if (root) added.push(root);
      }
      this.#warn(added.map(({ path }) => path));
      yield* this.#walk(added);
    } catch (error) {
      if (!this.#closing) added.forEach((each) => this.#roots.remove(each));
      throw error;
    }
  }

  /** Watches everything below `added`, and then reports its events. */
  *#walk(added: readonly Root[]): Generator<void, void> {
    const { initial = false, signal, onProgress } = this.#options;
    const roots = added.flatMap(({ directory }) => directory ?? []);
    if (initial) {
      for (const root of roots) this.#treeWatcher.unmute(root);
      for (const { path, isFile } of added) {
        if (!isFile) continue;
        this.#emit({
          type: "create",
          path,
          isDirectory: false,
          synthetic: true,
        });
      }
    }
    // Another directory may have replaced one of them by now.
    const isWalking = () =>
      added.some(({ directory }) =>
        directory && this.#steps.isScanning(directory)
      );
    for (const root of roots) root.isBeingAdded = true;
    try {
      // A running watcher may have other scans, which only this loop continues now.
      // The trees of links below belong to no root that is being added.
      const awaitsAll = this.#isRunning || this.#roots.followsLinks;
      while (isWalking() || awaitsAll && this.#steps.isBusy) {
        yield;
        signal?.throwIfAborted();
        // If the last path was deleted meanwhile, an event reports that.
        if (this.#closing && !this.#isRunning) return;
        if (this.#closing) throw new Deno.errors.BadResource(CLOSED);
        for (const { error } of roots) if (error) throw error;
        const directories = this.#watches.directoryCount;
        onProgress?.({ directories, path: this.#treeWatcher.latest });
      }
    } finally {
      for (const root of roots) root.isBeingAdded = false;
    }
    for (const root of roots) this.#treeWatcher.unmute(root);
  }

  /** Calls `onWarning` for those of `paths` where inotify does not see everything. */
  async #warn(paths: readonly string[]): Promise<void> {
    const { onWarning } = this.#options;
    if (!onWarning) return;
    try {
      // Loaded here, because few programs need it.
      const { fileSystemWarnings } = await import("../kernel/file_system.ts");
      for await (const warning of fileSystemWarnings(paths)) {
        if (this.#closing) return;
        onWarning(warning);
      }
    } catch (reason) {
      this.#fail(reason);
    }
  }

  /** Reads events until the watcher is closed. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#closing) {
        if (this.queue.isFull) await this.queue.waitForRoom();
        if (await this.#turn()) continue;
        await this.#idle.wait();
      }
    } catch (reason) {
      this.#fail(reason);
    }
  }

  /** Runs steps for a while; resolves to `false` if there is nothing left to do. */
  async #turn(isOver?: () => boolean): Promise<boolean> {
    let end: number | undefined;
    while (!this.#closing && this.#step()) {
      if (isOver?.()) return false;
      // A consumer that waited runs first, with the promises that wait for it.
      if (this.queue.hasHandedOver()) {
        for (let i = 0; i < CONSUMER_AWAITS; i++) await null;
      }
      const now = performance.now();
      end ??= now + TURN_BUDGET_MS;
      if (now < end && !this.queue.isFull) continue;
      await this.keepAlive.giveWay();
      return true;
    }
    return false;
  }

  /** Runs one step. If a filter throws, closes the watcher and rethrows. */
  #step(): boolean {
    try {
      return this.#steps.run();
    } catch (reason) {
      this.#fail(reason);
      throw reason;
    }
  }

  /** Closes the watcher; the consumer gets `reason` after the queued events. */
  #fail(reason: unknown): void {
    this.queue.end({ reason });
    this.close();
  }

  #emit(event: WatchEvent, cookie = 0): void {
    const reported = this.#report(event) as WatchEvent<Type> | undefined;
    if (reported === undefined) return;
    const hasCookie = this.#resolved.hasCookies && cookie !== 0;
    this.queue.push(hasCookie ? { ...reported, cookie } : reported);
  }

  /** Returns whether `error` makes adding the root of `directory` fail. */
  #isRequired(directory: Directory, error: SystemError): boolean {
    const { isStrict, waitForMissing } = this.#resolved;
    const isRoot = directory === directory.root;
    if (isNotFound(error)) return isRoot && !waitForMissing;
    return isRoot || isStrict || error instanceof WatchLimitError;
  }
}
