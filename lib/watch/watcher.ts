/** Puts one inotify instance, its trees and a consumer together. */

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
import type { PathTest } from "./filter.ts";
import type { Root } from "../roots/path_watches.ts";

/** How long to work before the event loop gets its turn, in milliseconds. */
const TURN_BUDGET_MS = 5;

/**
 * Watches paths and yields what happens to them: what {@linkcode watch} returns.
 *
 * It holds one inotify instance, however many paths it watches. Iterating over
 * it and reading its {@linkcode Watcher.readable} take from the same events.
 *
 * @example
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
  readonly #onAbort = () => void this.close();
  /** The roots that are being added, and what went wrong with them. */
  readonly #adding = new Map<Directory, SystemError | undefined>();
  // Made when it is asked for: streams take milliseconds to load.
  #readable: ReadableStream<WatchEvent<Type>> | undefined;
  #isRunning = false;
  #isRef = true;
  /** The calls of the program that are being worked on. */
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
    this.#queue = new EventQueue(highWaterMark);

    const inotify = this.#inotify = new Inotify();
    const libc = this.#libc = Libc.acquire();
    const watches = this.#watches = new WatchTable((wd) => {
      // It may be gone already, with `IN.IGNORED` on its way.
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
   * What {@linkcode watch} does.
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
   * As {@linkcode Watcher.open}, but without giving way to anything else.
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

  /** The events as a stream. To cancel it closes the watcher. */
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

  /** How many watches of the kernel it holds. */
  get watchCount(): number {
    return this.#watches.size;
  }

  /**
   * Watches one more path, with the options of the watcher, and resolves when
   * it is watched. A path that is watched already stays as it is.
   *
   * @throws As {@linkcode watch} does; the watcher goes on without the path.
   * @throws {Deno.errors.BadResource} If the watcher is closed.
   *
   * @example
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
   * Watches `path` no longer, which was given to {@linkcode watch} or
   * {@linkcode Watcher.add} in the same form.
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
   * Resolves once the events of every change made before the call can be taken,
   * ahead of those of later ones: a barrier for tests and for consistent views.
   *
   * It does not heed `highWaterMark`. While others go on making directories or
   * moving things, it takes until there is a moment at which all of that has been
   * followed. It resolves, too, when the watcher is closed meanwhile.
   *
   * @throws {Deno.errors.BadResource} If the watcher is closed already.
   * @throws What a filter throws meanwhile.
   *
   * @example
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
    // While changes go on, no read finds the queue empty. One that leaves nothing
    // behind has taken all that was there before.
    const isTold = () => !this.#inotify.isBehind && !this.#treeWatcher.isBusy;
    while (await this.#turn({ isOver: isTold }));
  }

  /**
   * Yields the events in batches, each gathered until changes stop for a while,
   * or until `maxWait` is over.
   *
   * The events of a batch are in their order, and merged by path: as long as the
   * same file is at a path, each of `modify`, `attrib`, `close_write`, `access`,
   * `open` and `close_nowrite` is reported once, at its last place. With
   * `quiet: 0` a batch is what is queued, with all repetitions.
   *
   * Leaving a loop over it closes the watcher.
   *
   * @throws {TypeError} If an option is unknown, or of a wrong type.
   * @throws {RangeError} If `quiet` or `maxWait` is not at least 0.
   *
   * @example
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
   *   console.log(`${events.length} things happened: time to rebuild`);
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

  /** The events, one by one. Leaving a loop over it closes the watcher. */
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
   * Has the watcher not keep the program running: the program ends when it has
   * nothing else to do, even while it iterates over the watcher. Until then
   * events come as before. Calls of {@linkcode Watcher.add} and
   * {@linkcode Watcher.sync} keep it running until they resolve.
   *
   * The watcher notices events by SIGIO instead of a thread that waits. A
   * listener of the program's own for that signal is called for each, too.
   *
   * @example
   * ```ts
   * import { watch } from "@x/inotify";
   *
   * const cache = new Map<string, string>();
   * const watcher = await watch(await Deno.makeTempDir());
   * watcher.unref();
   * (async () => {
   *   for await (const { path } of watcher) if (path) cache.delete(path);
   * })();
   * // What the program is for; when it is done, the program ends.
   * ```
   */
  unref(): void {
    this.#isRef = false;
    this.#applyRef();
  }

  /** Has the watcher keep the program running again, as it does at first. */
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
   * Closes the watcher: nothing is watched any more, and iterating ends behind
   * the events that were read already. Closing it again does nothing.
   *
   * Resolves once everything is released.
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
    // A filter that closes the watcher does so in the middle of a step.
    await null;
    await this.#inotify.close();
    this.#libc[Symbol.dispose]();
  }

  /** Adds `paths`; the first turn of that ends at the time `end`. */
  async #add(paths: readonly (string | URL)[], end?: number): Promise<void> {
    for (const _ of this.#addInSteps(paths)) {
      await this.#turn({ end });
      end = undefined;
    }
  }

  /** Adds `paths`; wherever it yields, some steps are to be done. */
  *#addInSteps(paths: readonly (string | URL)[]): Generator<void, void> {
    const added: Root[] = [];
    try {
      for (const path of paths.map(toPath)) {
        if (this.#roots.find(path)) continue;
        added.push(this.#roots.add(path, toAbsolute(path, this.#libc)));
      }
      yield* this.#walk(added);
    } catch (error) {
      if (!this.#closing) added.forEach((each) => this.#roots.remove(each));
      throw error;
    }
  }

  /** Watches what lies below `added`, and tells of it from then on. */
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
    // Another directory may have come in the place of one by now.
    const isWalking = () =>
      added.some(({ directory }) =>
        directory && this.#treeWatcher.isScanning(directory)
      );
    for (const root of roots) this.#adding.set(root, undefined);
    try {
      // What begins while nobody reads has to be brought to its end here.
      while (isWalking() || this.#isRunning && this.#treeWatcher.isBusy) {
        yield;
        signal?.throwIfAborted();
        // Where the last path has gone meanwhile, the consumer is told of that.
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
      this.#queue.end({ reason });
      this.close();
    }
  }

  /** Works for a while; `false` once there is nothing left to do. */
  async #turn(
    { end = performance.now() + TURN_BUDGET_MS, isOver }: {
      end?: number | undefined;
      isOver?: () => boolean;
    } = {},
  ): Promise<boolean> {
    while (!this.#closing && this.#step()) {
      if (isOver?.()) return false;
      // A consumer that has waited goes first.
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

  /** Fails if a filter does, and so does the consumer then, for all is over. */
  #step(): boolean {
    try {
      return this.#treeWatcher.step();
    } catch (reason) {
      this.#queue.end({ reason });
      this.close();
      throw reason;
    }
  }

  #emit(event: WatchEvent): void {
    const { types, includes } = this.#resolved;
    if (!types.has(event.type)) return;
    if (includes && !isIncluded(event, includes)) return;
    this.#queue.push(event as WatchEvent<Type>);
  }

  /** Keeps what makes the adding of a root fail. */
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

/** Whether `event` is of one of the paths to report. */
function isIncluded(event: WatchEvent, includes: PathTest): boolean {
  const { path, from, isDirectory } = event;
  if (isDirectory === undefined) return true;
  return includes(path, isDirectory) ||
    from !== undefined && includes(from, isDirectory);
}
