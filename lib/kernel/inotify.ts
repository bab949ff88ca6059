/** One inotify instance of the kernel. */

import { ReadPacer } from "./read_pacer.ts";
import { EAGAIN, type SystemError } from "./errno.ts";
import { decodeEvents, type InotifyEvent } from "./inotify_event.ts";
import { Libc, type Memory } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";
import { toCString, toPath } from "./byte_path.ts";
import { Poller } from "./epoll.ts";

const IN_NONBLOCK = 0o4000;
const IN_CLOEXEC = 0o2000000;

// A read is decoded before the next one begins, so one buffer serves every
// instance; it takes thousands of events at once.
const SIZE = 256n * 1024n;
const buffer = new Uint8Array(Number(SIZE));

// struct inotify_event with the longest name, its NUL included.
const LARGEST = 16 + 256;

/**
 * One inotify instance of the kernel, one to one with inotify(7): watches go
 * in by path, events come out by watch descriptor.
 *
 * The kernel queues events, `fs.inotify.max_queued_events` of them, until they
 * are read; what does not fit it drops, and says so with an event
 * `IN.Q_OVERFLOW` of `wd` -1. It merges an event with the one queued before it
 * if the two are the same.
 *
 * A user has `fs.inotify.max_user_instances` (128) of these, so that one for
 * many paths is better than one for each.
 *
 * @example
 * ```ts
 * import { IN, Inotify } from "@x/inotify";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * using inotify = new Inotify();
 * const wd = inotify.addWatch(directory, IN.CREATE);
 *
 * await Deno.writeTextFile(`${directory}/new.txt`, "");
 * for await (const event of inotify.readable) {
 *   assertEquals(event, { wd, mask: IN.CREATE, cookie: 0, name: "new.txt" });
 *   break;
 * }
 * ```
 */
export class Inotify implements Disposable, AsyncDisposable {
  /** The kernel's file descriptor of this instance. */
  readonly fd: number;

  readonly #libc: Libc;
  readonly #resources: DisposableStack;
  readonly #poller: Poller;
  // Made when it is asked for: streams take milliseconds to load.
  #readable: ReadableStream<InotifyEvent> | undefined;
  #closed: Promise<void> | undefined;
  readonly #pacer = new ReadPacer();
  #isBehind = false;

  /**
   * Opens an instance, with `IN_NONBLOCK` and `IN_CLOEXEC`.
   *
   * @throws {WatchLimitError} If the user has too many instances or the process
   * too many open descriptors.
   * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
   * @throws {Deno.errors.NotSupported} If the platform is not Linux.
   */
  constructor() {
    using resources = new DisposableStack();
    const libc = this.#libc = resources.use(Libc.acquire());
    const { inotify_init1, close } = libc.symbols;
    try {
      this.fd = resources.adopt(
        libc.check(
          () => inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
          "inotify_init1",
        ),
        close,
      );
      this.#poller = Poller.acquire(this.fd, () => this.close());
    } catch (error) {
      throw explainLimit(error as SystemError, libc);
    }
    this.#resources = resources.move();
  }

  /**
   * The events as they come, until the instance is closed.
   *
   * It reads only on demand: what nobody pulls stays in the kernel's queue.
   * Leaving a `for await` loop over it cancels it, and that closes the
   * instance; `readable.values({ preventCancel: true })` keeps it open.
   */
  get readable(): ReadableStream<InotifyEvent> {
    return this.#readable ??= new ReadableStream({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /**
   * Watches `path` for the events of `mask`, bits of {@linkcode IN}, and
   * returns the watch descriptor that its events carry.
   *
   * A path whose inode is watched already gives the same descriptor, and `mask`
   * replaces the mask it had, unless it has `IN.MASK_ADD` or `IN.MASK_CREATE`.
   *
   * @see inotify_add_watch(2)
   *
   * @throws {WatchLimitError} If the user has too many watches.
   * @throws {Deno.errors.NotFound} If nothing is at `path`.
   * @throws {Deno.errors.PermissionDenied} If `path` may not be read.
   * @throws {Deno.errors.NotADirectory} If `mask` has `IN.ONLYDIR` and `path`
   * is no directory, or if a part of it before the last is none.
   * @throws {Deno.errors.FilesystemLoop} If `path` has too many symbolic links.
   * @throws {Deno.errors.AlreadyExists} If `mask` has `IN.MASK_CREATE` and
   * the inode is watched already.
   * @throws {Deno.errors.BadResource} If the instance is closed.
   * @throws {TypeError} If the kernel refuses `mask`, as it does 0, or if `path`
   * has a NUL or is a URL that is not of a local file.
   */
  addWatch(path: string | URL, mask: number): number {
    this.#assertOpen();
    const given = toPath(path);
    const location = toCString(given);
    const target = { inotify: this.fd, location, path: given, mask };
    return addWatch(target, this.#libc);
  }

  /**
   * Removes the watch `wd`. An event `IN.IGNORED` follows what is queued.
   *
   * @see inotify_rm_watch(2)
   *
   * @throws {TypeError} If `wd` is no watch of this instance.
   * @throws {Deno.errors.BadResource} If the instance is closed.
   */
  rmWatch(wd: number): void {
    this.#assertOpen();
    const libc = this.#libc;
    libc.check(
      () => libc.symbols.inotify_rm_watch(this.fd, wd),
      "inotify_rm_watch",
    );
  }

  /**
   * Takes the events that are queued, without waiting; a long queue takes more
   * than one call, and the last of them returns an empty array.
   *
   * @throws {Deno.errors.BadResource} If the instance is closed.
   */
  read(): InotifyEvent[] {
    this.#assertOpen();
    const libc = this.#libc;
    const address = libc.addressOf(buffer);
    // Where it is not true that nothing is there, the next wait ends at once.
    const length = libc.checkUnless(
      EAGAIN,
      () => libc.symbols.read(this.fd, address, SIZE),
      "read",
    ) ?? 0;
    this.#isBehind = length > Number(SIZE) - LARGEST;
    if (length === 0) return [];
    const events = decodeEvents(buffer.subarray(0, length));
    this.#pacer.recordRead(events.length, performance.now());
    return events;
  }

  /**
   * Whether the last {@linkcode read} left events that were queued before it.
   *
   * @ignore
   */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * For how many milliseconds {@linkcode wait} would let the events of a burst
   * gather; 0 outside of bursts.
   *
   * @ignore
   */
  get pause(): number {
    if (this.#isBehind) return 0;
    return this.#pacer.remainingDelay(performance.now());
  }

  /**
   * Waits until there are events to {@linkcode read}, or for `timeout`
   * milliseconds; a negative number, the default, and `Infinity` set no limit.
   *
   * Resolves to `false` where the instance is closed, and to `true` otherwise,
   * be it without events: during a burst it looks again after some milliseconds.
   *
   * @throws {RangeError} If `timeout` is NaN.
   *
   * @example Events in batches, cheaper than one by one
   * ```ts ignore
   * while (await inotify.wait()) handle(inotify.read());
   * ```
   */
  async wait(timeout = -1): Promise<boolean> {
    // It would be no limit, where one was meant.
    if (Number.isNaN(timeout)) {
      throw new RangeError("Cannot use NaN as timeout: it is not a number");
    }
    if (this.#closed) return false;
    const { pause } = this;
    if (pause > 0) {
      const delay = timeout >= 0 ? Math.min(pause, timeout) : pause;
      await this.#poller.pause(this.fd, delay);
    } else {
      await this.#poller.wait(this.fd, timeout);
    }
    return !this.#closed;
  }

  /**
   * Has the instance not keep the program running: it ends when nothing else
   * does, even while somebody waits for an event. Until then events come as
   * before.
   *
   * The events are noticed by SIGIO instead of a thread that waits. A listener
   * of the program's own for that signal is called for each, too.
   *
   * @example
   * ```ts
   * import { IN, Inotify } from "@x/inotify";
   *
   * const inotify = new Inotify();
   * inotify.addWatch(await Deno.makeTempDir(), IN.CREATE);
   * inotify.unref();
   * // Nothing else is left to do here: the program ends, without close().
   * inotify.wait();
   * ```
   */
  unref(): void {
    if (!this.#closed) this.#poller.unref(this.fd);
  }

  /** Has the instance keep the program running again, as it does at first. */
  ref(): void {
    if (!this.#closed) this.#poller.ref(this.fd);
  }

  /**
   * Closes the instance: watches and what the kernel has queued are dropped,
   * waiting and iterating ends. Closing it again does nothing.
   *
   * The descriptor is closed at once. Resolves when nothing else is left, such
   * as the thread that waited.
   */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = this.#poller.release(this.fd);
      this.#resources.dispose();
    }
    return this.#closed;
  }

  /** The same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #pull(
    controller: ReadableStreamDefaultController<InotifyEvent>,
  ): Promise<void> {
    while (!this.#closed) {
      const events = this.read();
      for (const event of events) controller.enqueue(event);
      if (events.length > 0) return;
      await this.wait();
    }
    controller.close();
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new Deno.errors.BadResource(
      "Cannot use the inotify instance: it is closed",
    );
  }
}

/** What to watch. */
export interface WatchTarget {
  /** The descriptor of the inotify instance. */
  readonly inotify: number;
  /** The path to look up, as a C string. */
  readonly location: Memory;
  /** What errors call it. */
  readonly path: string;
  readonly mask: number;
}

/**
 * Watches what is at `location`, and returns the watch.
 *
 * @throws {SystemError}
 */
export function addWatch(
  { inotify, location, path, mask }: WatchTarget,
  libc: Libc,
): number {
  const { inotify_add_watch } = libc.symbols;
  const address = libc.addressOf(location);
  try {
    return libc.check(
      () => inotify_add_watch(inotify, address, mask >>> 0),
      "inotify_add_watch",
      path,
    );
  } catch (error) {
    throw explainLimit(error as SystemError, libc);
  }
}
