/** `Watcher`: connects an inotify instance, the given paths, trees and a queue. */

import { Roots } from "../roots/roots.ts";
import { BasePaths } from "../roots/base_paths.ts";
import { batches, type BatchOptions } from "./batches.ts";
import type { SystemError } from "../kernel/errno.ts";
import { Inotify } from "../kernel/inotify.ts";
import { Libc } from "../kernel/libc.ts";
import { WatchLimitError } from "../kernel/limit_error.ts";
import { toPath } from "../kernel/byte_path.ts";
import { EventQueue } from "./event_queue.ts";
import { toAbsolute } from "../roots/resolve_path.ts";
import { isNotFound } from "../tree/scan.ts";
import { MOVE_PAIR_TIMEOUT_MS, TreeWatcher } from "../tree/tree_watcher.ts";
import type { Directory } from "../tree/node.ts";
import { WatchTable } from "../tree/watch_table.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";
import {
  type OpenOptions,
  type ResolvedOptions,
  resolveOptions,
  type WatchOptions,
} from "./options.ts";
import { compileReport } from "./report.ts";
import type { Root } from "../roots/path_watches.ts";

/** How long to work before other tasks of the event loop run, in milliseconds. */
const TURN_BUDGET_MS = 5;

/**
 * An async iterable of the events of watched paths: the result of
 * {@linkcode watch}.
 *
 * A watcher uses one inotify instance, however many paths it watches. All
 * iterators, {@linkcode Watcher.readable} and {@linkcode Watcher.batches} read
 * from one queue: each event is delivered once.
 *
 * @typeParam Type The kinds of event that the watcher reports.
 *
 * @example Passing a watcher to a function
 * ```ts
 * import { watch, type Watcher } from "@x/inotify";
 *
 * async function count(watcher: Watcher): Promise<number> {
 *   let count = 0;
 *   for await (const _ of watcher) count++;
 *   return count;
 * }
 *
 * const directory = await Deno.makeTempDir();
 * const watcher = await watch(directory);
 * await Deno.mkdir(`${directory}/a`);
 * await watcher.sync();
 * await watcher.close();
 * console.log(await count(watcher));
 * ```
 */
export class Watcher<Type extends WatchEventType = WatchEventType>
  implements AsyncIterable<WatchEvent<Type>>, Disposable, AsyncDisposable {
  readonly #inotify: Inotify;
  readonly #libc: Libc;
  readonly #watches: WatchTable;
  readonly #treeWatcher: TreeWatcher;
  readonly #roots: Roots;
  readonly #queue: EventQueue<WatchEvent<Type>>;
  readonly #options: WatchOptions<Type>;
  readonly #resolved: ResolvedOptions;
  readonly #basePaths = new BasePaths();
  readonly #report: (event: WatchEvent) => WatchEvent | undefined;
  readonly #onAbort = () => void this.close();
  /** The roots that are being added, and the errors that make this fail. */
  readonly #adding = new Map<Directory, SystemError | undefined>();
  // Created on first use, because streams take milliseconds to load.
  #readable: ReadableStream<WatchEvent<Type>> | undefined;
  #isRunning = false;
  #isRef = true;
  /** How many calls of the program have not resolved yet. */
  #calls = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: OpenOptions<Type>) {
    const settings = this.#resolved = resolveOptions(
      options,
      this.#basePaths,
    );
    const {
      mask,
      depth,
      excludes,
      waitForMissing,
      followSymlinks,
      highWaterMark,
    } = settings;
    this.#options = options;
    this.#report = compileReport(settings, this.#basePaths);
    this.#queue = new EventQueue(highWaterMark);

    const inotify = this.#inotify = new Inotify();
    const libc = this.#libc = Libc.acquire();
    const watches = this.#watches = new WatchTable((wd) => {
      // It fails if the watch was removed already and `IN.IGNORED` is queued.
      libc.symbols.inotify_rm_watch(inotify.fd, wd);
    });
    const emit = (event: WatchEvent) => this.#emit(event);
    const treeWatcher = this.#treeWatcher = new TreeWatcher({
      inotify,
      libc,
      watches,
      mask,
      emit,
      onScanError: (directory, error) => this.#onScanError(directory, error),
      depth,
      excludes,
    });
    this.#roots = new Roots({
      inotify: inotify.fd,
      libc,
      watches,
      mask,
      emit,
      treeWatcher,
      basePaths: this.#basePaths,
      waitForMissing,
      followSymlinks,
      onEmpty: () => void this.close(),
    });

    options.signal?.addEventListener("abort", this.#onAbort);
  }

  /**
   * Opens a watcher: see {@linkcode watch}.
   *
   * @ignore
   */
  static async open<Type extends WatchEventType>(
    paths: readonly (string | URL)[],
    options: OpenOptions<Type>,
  ): Promise<Watcher<Type>> {
    options.signal?.throwIfAborted();
    const end = performance.now() + TURN_BUDGET_MS;
    const watcher = new Watcher(options);
    try {
      await watcher.#add(paths, end);
    } catch (error) {
      await watcher.close();
      throw error;
    }
    watcher.#run();
    return watcher;
  }

  /**
   * Does the same as {@linkcode Watcher.open}, but blocks the event loop.
   *
   * @ignore
   */
  static openSync<Type extends WatchEventType>(
    paths: readonly string[],
    options: OpenOptions<Type>,
  ): Watcher<Type> {
    const watcher = new Watcher(options);
    try {
      for (const _ of watcher.#addInSteps(paths)) watcher.#step();
    } catch (error) {
      watcher.close();
      throw error;
    }
    watcher.#run();
    return watcher;
  }

  /** The events as a stream. Canceling the stream closes the watcher. */
  get readable(): ReadableStream<WatchEvent<Type>> {
    return this.#readable ??= new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await this.#queue.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /** How many watches of the kernel it holds; 0 once it is closed. */
  get watchCount(): number {
    return this.#closing ? 0 : this.#watches.size;
  }

  /**
   * The paths that it watches, as they were given, in that order; none once it is
   * closed.
   */
  get paths(): string[] {
    return this.#closing ? [] : this.#roots.paths;
  }

  /**
   * Watches another path, with the options of the watcher, and resolves when it is
   * watched. Adding a watched path again does nothing.
   *
   * If it rejects, the watcher continues without the path. It rejects for the same
   * reasons as {@linkcode watch}.
   *
   * @param path The path to watch.
   *
   * @throws {Deno.errors.BadResource} If the watcher is closed.
   *
   * @example Adding and removing a path
   * ```ts
   * import { watch } from "@x/inotify";
   *
   * const [one, two] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
   * await using watcher = await watch(one);
   * await watcher.add(two);
   * watcher.remove(one);
   * ```
   */
  async add(path: string | URL): Promise<void> {
    this.#assertOpen();
    using _ = this.#keepRunning();
    await this.#add([path]);
  }

  /**
   * Stops watching a path. No event reports this.
   *
   * @param path The path in the form in which it was passed to {@linkcode watch}
   * or {@linkcode Watcher.add}.
   *
   * @throws {Deno.errors.NotFound} If it is not watched.
   * @throws {Deno.errors.BadResource} If the watcher is closed.
   */
  remove(path: string | URL): void {
    this.#assertOpen();
    const given = toPath(path);
    const root = this.#roots.find(given);
    if (!root) {
      throw new Deno.errors.NotFound(
        `Cannot remove the path '${given}': it is not watched`,
      );
    }
    this.#roots.remove(root);
  }

  /**
   * Resolves once the events of all changes before the call are in the queue of
   * this watcher: a barrier for tests and consistent views.
   *
   * It reads events even if the queue has `highWaterMark` events. If other programs
   * create directories or move entries without a pause, it resolves when the
   * watcher has caught up with them. It also resolves when the watcher is closed
   * meanwhile. If a filter throws meanwhile, it rejects with that error.
   *
   * @throws {Deno.errors.BadResource} If the watcher is closed already.
   *
   * @example Collecting the events of an operation
   * ```ts
   * import { watch } from "@x/inotify";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * const watcher = await watch(directory, { events: ["create"] });
   *
   * await Deno.mkdir(`${directory}/a`);
   * await watcher.sync();
   * await watcher.close();
   *
   * const events = await Array.fromAsync(watcher);
   * assertEquals(events.length, 1);
   * ```
   */
  async sync(): Promise<void> {
    this.#assertOpen();
    using _ = this.#keepRunning();
    // While changes go on, the kernel's queue is never empty. But a read that does
    // not fill the buffer has read all events from before the call.
    const isDone = () => !this.#inotify.isBehind && !this.#treeWatcher.isBusy;
    while (await this.#turn({ isOver: isDone }));
  }

  /**
   * Yields the events in batches. A batch ends when changes have stopped for
   * `quiet` milliseconds, or `maxWait` milliseconds after its first event.
   *
   * The events of a batch are in order and merged by path: as long as the same
   * file is at a path, each of `modify`, `attrib`, `close_write`, `access`, `open`
   * and `close_nowrite` is kept once, at its last place. With `quiet: 0` a batch
   * has all queued events, and nothing is merged.
   *
   * Leaving a loop over the batches closes the watcher.
   *
   * @param options When a batch ends.
   * @returns An async iterable of lists of events.
   *
   * @throws {TypeError} If an option is unknown, or of a wrong type.
   * @throws {RangeError} If `quiet` or `maxWait` is not at least 0.
   *
   * @example Rebuilding once for many changes
   * ```ts
   * import { watch } from "@x/inotify";
   *
   * const directory = await Deno.makeTempDir();
   * await using watcher = await watch(directory);
   *
   * await Deno.writeTextFile(`${directory}/a`, "");
   * await Deno.writeTextFile(`${directory}/b`, "");
   *
   * for await (const events of watcher.batches({ quiet: 50 })) {
   *   console.log(`Rebuilding after ${events.length} events`);
   *   break;
   * }
   * ```
   */
  batches(
    options: BatchOptions = {},
  ): AsyncGenerator<WatchEvent<Type>[], void> {
    // Wrong options throw at once.
    return this.#closeAfter(
      batches(this.#queue, options, () => this.#isRef),
    );
  }

  /** Iterates over the events. Leaving the loop closes the watcher. */
  [Symbol.asyncIterator](): AsyncIterableIterator<WatchEvent<Type>, undefined> {
    const queue = this.#queue;
    const close = () => this.close();
    return {
      next: () => queue.next(),
      async return() {
        await close();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * Lets the program end while the watcher is open: when there is nothing else to
   * do, even if a loop over the watcher waits for events. Until then events are
   * reported as before. Calls of {@linkcode Watcher.add} and
   * {@linkcode Watcher.sync} keep the program running until they resolve.
   *
   * The watcher then uses the signal SIGIO instead of a thread that waits. If the
   * program has its own listener for this signal, it is called as well.
   *
   * @example Keeping a cache fresh while the program runs
   * ```ts
   * import { watch } from "@x/inotify";
   *
   * const cache = new Map<string, string>();
   * await using watcher = await watch(await Deno.makeTempDir());
   * watcher.unref();
   * (async () => {
   *   for await (const { path } of watcher) if (path) cache.delete(path);
   * })();
   * // The main work of the program is here. When it is done, the program ends.
   * ```
   */
  unref(): void {
    this.#isRef = false;
    this.#applyRef();
  }

  /** Makes the watcher keep the program running again, which is the default. */
  ref(): void {
    this.#isRef = true;
    this.#applyRef();
  }

  /** Keeps the program running until the result is disposed of. */
  #keepRunning(): Disposable {
    this.#calls++;
    this.#applyRef();
    return {
      [Symbol.dispose]: () => {
        this.#calls--;
        this.#applyRef();
      },
    };
  }

  get #keepsRunning(): boolean {
    return this.#isRef || this.#calls > 0;
  }

  #applyRef(): void {
    if (this.#keepsRunning) this.#inotify.ref();
    else this.#inotify.unref();
  }

  /**
   * Closes the watcher: it stops watching, and iterating ends after the events that
   * are queued. Closing it again does nothing.
   *
   * @returns A promise that resolves when everything is released.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** The same as {@linkcode Watcher.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same as {@linkcode Watcher.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#closeAfter<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
    try {
      yield* items;
    } finally {
      await this.close();
    }
  }

  async #close(): Promise<void> {
    this.#queue.end();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    // If a filter closes the watcher, a step is still running.
    await null;
    this.#treeWatcher.close();
    await this.#inotify.close();
    this.#libc[Symbol.dispose]();
  }

  /** Adds `paths`; the first turn ends at the time `end`. */
  async #add(paths: readonly (string | URL)[], end?: number): Promise<void> {
    for (const _ of this.#addInSteps(paths)) {
      await this.#turn({ end });
      end = undefined;
    }
  }

  /** Adds `paths`; whenever it yields, the caller has to run some steps. */
  *#addInSteps(paths: readonly (string | URL)[]): Generator<void, void> {
    const added: Root[] = [];
    try {
      for (const path of paths.map(toPath)) {
        if (this.#roots.find(path)) continue;
        added.push(this.#roots.add(path, toAbsolute(path, this.#libc)));
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
        directory && this.#treeWatcher.isScanning(directory)
      );
    for (const root of roots) this.#adding.set(root, undefined);
    try {
      // A running watcher may have other scans, which nobody else continues now.
      while (isWalking() || this.#isRunning && this.#treeWatcher.isBusy) {
        yield;
        signal?.throwIfAborted();
        // If the last path was deleted meanwhile, an event reports that.
        if (this.#closing && !this.#isRunning) return;
        this.#assertOpen();
        for (const root of roots) {
          const error = this.#adding.get(root);
          if (error) throw error;
        }
        const directories = this.#watches.directoryCount;
        onProgress?.({ directories, path: this.#treeWatcher.latest });
      }
    } finally {
      for (const root of roots) this.#adding.delete(root);
    }
    for (const root of roots) this.#treeWatcher.unmute(root);
  }

  /** Says of which of `paths` inotify does not see everything. */
  async #warn(paths: readonly string[]): Promise<void> {
    const { onWarning } = this.#options;
    if (!onWarning) return;
    try {
      // Few programs need it, and the others start sooner.
      const { fileSystemWarnings } = await import("../kernel/file_system.ts");
      for await (const warning of fileSystemWarnings(paths)) {
        if (this.#closing) return;
        onWarning(warning);
      }
    } catch (reason) {
      this.#fail(reason);
    }
  }

  /** Reads events for as long as the watcher is open. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#closing) {
        if (this.#queue.isFull) await this.#queue.waitForRoom();
        if (await this.#turn()) continue;
        await this.#inotify.wait(Math.max(this.#treeWatcher.idleTime, 0));
      }
    } catch (reason) {
      this.#fail(reason);
    }
  }

  /** Runs steps for a while; resolves to `false` if there is nothing left to do. */
  async #turn(
    { end = performance.now() + TURN_BUDGET_MS, isOver }: {
      end?: number | undefined;
      isOver?: () => boolean;
    } = {},
  ): Promise<boolean> {
    while (!this.#closing && this.#step()) {
      if (isOver?.()) return false;
      // A consumer that waited runs first.
      if (this.#queue.hasHandedOver()) await null;
      if (performance.now() < end && !this.#queue.isFull) continue;
      await new Promise((resolve) => {
        const immediate = setImmediate(resolve);
        if (!this.#keepsRunning) immediate.unref();
      });
      return true;
    }
    if (this.#closing || !this.#treeWatcher.isUnsettled) return false;
    return await this.#inotify.wait(MOVE_PAIR_TIMEOUT_MS);
  }

  /** Runs one step. If a filter throws, closes the watcher and rethrows. */
  #step(): boolean {
    try {
      return this.#treeWatcher.step();
    } catch (reason) {
      this.#fail(reason);
      throw reason;
    }
  }

  /** Closes the watcher, and lets the consumer come to `reason`. */
  #fail(reason: unknown): void {
    this.#queue.end({ reason });
    this.close();
  }

  #emit(event: WatchEvent): void {
    const reported = this.#report(event);
    if (reported) this.#queue.push(reported as WatchEvent<Type>);
  }

  /** Records the error of a scan; returns `true` to abort adding the root. */
  #onScanError(directory: Directory, error: SystemError): boolean {
    const { root } = directory;
    const { isStrict, waitForMissing } = this.#resolved;
    const isRequired = isNotFound(error)
      ? directory === root && !waitForMissing
      : directory === root || isStrict || error instanceof WatchLimitError;
    const isFatal = this.#adding.has(root) && isRequired;
    if (isFatal) this.#adding.set(root, error);
    return isFatal;
  }

  #assertOpen(): void {
    if (!this.#closing) return;
    throw new Deno.errors.BadResource("Cannot use the watcher: it is closed");
  }
}
