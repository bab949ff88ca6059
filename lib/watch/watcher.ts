/** `Watcher`: the public interface of a {@linkcode WatchLoop}. */

import { batches, type BatchOptions } from "./batches.ts";
import { toPath } from "../kernel/byte_path.ts";
import type { IgnoreFiles } from "../tree/ignore_files.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";
import type { AddOptions, OpenOptions } from "./options.ts";
import { CLOSED, WatchLoop } from "./watch_loop.ts";

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
  readonly #loop: WatchLoop<Type>;
  // Created on first use, because streams take milliseconds to load.
  #readable: ReadableStream<WatchEvent<Type>> | undefined;

  /** @ignore */
  private constructor(options: OpenOptions<Type>) {
    this.#loop = new WatchLoop(options);
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
    const list = paths.map(toPath);
    let ignoreFiles: IgnoreFiles | undefined;
    if (options.gitignore) {
      // Loaded here, because few programs need it.
      const { Gitignore } = await import("./gitignore.ts");
      ignoreFiles = new Gitignore(options.onWarning);
    }
    const watcher = new Watcher({ ...options, ignoreFiles });
    await watcher.#loop.start(list);
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
    watcher.#loop.startSync(paths);
    return watcher;
  }

  /** The events as a stream. Canceling the stream closes the watcher. */
  get readable(): ReadableStream<WatchEvent<Type>> {
    return this.#readable ??= new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await this.#loop.queue.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /** How many kernel watches the watcher uses; 0 once it is closed. */
  get watchCount(): number {
    return this.#loop.isClosed ? 0 : this.#loop.watchCount;
  }

  /**
   * The watched paths, as they were given and in this order; none once the watcher
   * is closed.
   */
  get paths(): string[] {
    return this.#loop.isClosed ? [] : this.#loop.paths;
  }

  /**
   * Watches another path, and resolves when it is watched. Adding a watched path
   * again does nothing, not even with other options: remove it first.
   *
   * If it rejects, the watcher continues without the path. It rejects for the same
   * reasons as {@linkcode watch}.
   *
   * @param path The path to watch.
   * @param options Options for this path. If one is missing, that of the watcher
   * applies.
   *
   * @throws {TypeError} If an option is unknown or of a wrong type, or if
   * `maxDepth` is set without `recursive`.
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
  async add(path: string | URL, options: AddOptions = {}): Promise<void> {
    this.#assertOpen();
    await this.#loop.add(toPath(path), options);
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
    this.#loop.remove(toPath(path));
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
    await this.#loop.sync();
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
    const items = this.#closeAfter(
      batches(this.#loop.queue, options, () => this.#loop.keepAlive.isRef),
    );
    // A generator returns only when its pending `next()` has settled: closing the
    // watcher ends the wait for events.
    const end = items.return.bind(items);
    items.return = (value) => {
      this.close();
      return end(value);
    };
    return items;
  }

  /** Iterates over the events. Leaving the loop closes the watcher. */
  [Symbol.asyncIterator](): AsyncIterableIterator<WatchEvent<Type>, undefined> {
    const queue = this.#loop.queue;
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
    this.#loop.keepAlive.isRef = false;
  }

  /** Makes the watcher keep the program running again, which is the default. */
  ref(): void {
    this.#loop.keepAlive.isRef = true;
  }

  /**
   * Closes the watcher: it stops watching, and iterating ends after the events that
   * are queued. Closing it again does nothing.
   *
   * @returns A promise that resolves when everything is released.
   */
  close(): Promise<void> {
    return this.#loop.close();
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

  #assertOpen(): void {
    if (!this.#loop.isClosed) return;
    throw new Deno.errors.BadResource(CLOSED);
  }
}
