/** `Inotify`: one inotify instance of the kernel. */

import { addWatch, type WatchHolder } from "./add_watch.ts";
import { ReadPacer } from "./read_pacer.ts";
import { EAGAIN, type SystemError } from "./errno.ts";
import { decodeEvents, type InotifyEvent } from "./inotify_event.ts";
import { Libc, loadSymbols } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";
import { toCString, toPath } from "./byte_path.ts";
import { Poller } from "./epoll.ts";

const IN_NONBLOCK = 0o4000;
const IN_CLOEXEC = 0o2000000;

// The result of a read is decoded before the next read, so all instances share
// one buffer. Decoding a full one takes some milliseconds, whatever the names are.
const SIZE = 256n * 1024n;
const buffer = new Uint8Array(Number(SIZE));
const view = new DataView(buffer.buffer);

// struct inotify_event with the longest name, its NUL included.
const LARGEST = 16 + 256;

/** Loaded by the first reader that cannot keep up. */
const IOCTL = {
  /** `int ioctl(int fd, unsigned long op, int *argument)` */
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const FIONREAD = 0x541bn;

/**
 * An inotify instance of the kernel, with nothing added to inotify(7): you add
 * watches by path, and events carry watch descriptors.
 *
 * The kernel queues up to `fs.inotify.max_queued_events` events until they are
 * read. It drops events that do not fit, and reports that by an event with
 * `IN.Q_OVERFLOW` and `wd` -1. It merges an event with the one queued before it
 * if both are the same.
 *
 * A user may have `fs.inotify.max_user_instances` (often 128) instances. So use
 * one instance for many paths.
 *
 * @example Watching a directory
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
  /** Calls read(2). Created once, because a lone event has to arrive soon. */
  readonly #fill: () => number;
  // Created on first use, because streams take milliseconds to load.
  #readable: ReadableStream<InotifyEvent> | undefined;
  #closed: Promise<void> | undefined;
  readonly #pacer = new ReadPacer();
  #isBehind = false;
  #position = 0;
  #ioctl: Deno.DynamicLibrary<typeof IOCTL> | undefined;
  /** How many events were read since the pacer was last used. */
  #unrecorded = 0;

  /**
   * Opens an instance, with the flags `IN_NONBLOCK` and `IN_CLOEXEC`.
   *
   * @throws {WatchLimitError} If the user has too many instances, or the process
   * has too many open descriptors.
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
    const { read } = libc.symbols;
    const { fd } = this;
    const address = libc.addressOf(buffer);
    this.#fill = () => read(fd, address, SIZE);
    this.#resources = resources.move();
  }

  /**
   * The events as a stream, which ends when the instance is closed.
   *
   * It reads only on demand: events that nobody pulls stay in the kernel's queue.
   * Leaving a `for await` loop cancels the stream and closes the instance. Loop
   * over `readable.values({ preventCancel: true })` to keep it open.
   */
  get readable(): ReadableStream<InotifyEvent> {
    return this.#readable ??= new ReadableStream({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /**
   * Watches a path.
   *
   * If the inode at `path` is watched already, its watch keeps its descriptor, and
   * `mask` replaces its mask, unless `mask` has `IN.MASK_ADD` or
   * `IN.MASK_CREATE`.
   *
   * @param path The file or directory to watch.
   * @param mask The events to report and other bits of {@linkcode IN}.
   * @returns The watch descriptor, which the events carry as `wd`.
   *
   * @see inotify_add_watch(2)
   *
   * @throws {WatchLimitError} If the user has too many watches.
   * @throws {Deno.errors.NotFound} If nothing is at `path`.
   * @throws {Deno.errors.PermissionDenied} If `path` may not be read.
   * @throws {Deno.errors.NotADirectory} If `mask` has `IN.ONLYDIR` and `path` is
   * not a directory, or if `path` leads through a file.
   * @throws {Deno.errors.FilesystemLoop} If `path` has too many symbolic links.
   * @throws {Deno.errors.AlreadyExists} If `mask` has `IN.MASK_CREATE` and
   * the inode is watched already.
   * @throws {Deno.errors.BadResource} If the instance is closed.
   * @throws {TypeError} If the kernel rejects `mask`, as it rejects 0, or if
   * `path` contains a NUL or is a URL that is not of a local file.
   *
   * @example Adding events to those of a watch
   * ```ts
   * import { IN, Inotify } from "@x/inotify";
   *
   * using inotify = new Inotify();
   * const directory = await Deno.makeTempDir();
   * inotify.addWatch(directory, IN.CREATE);
   * inotify.addWatch(directory, IN.DELETE | IN.MASK_ADD);
   * ```
   */
  addWatch(path: string | URL, mask: number): number {
    this.#assertOpen();
    const given = toPath(path);
    const location = toCString(given);
    const target = { inotify: this, location, path: given, mask };
    return addWatch(target, this.#libc);
  }

  /**
   * Removes a watch. The queue then ends with an event `IN.IGNORED` of the watch.
   *
   * @param wd The watch descriptor that {@linkcode Inotify.addWatch} returned.
   *
   * @see inotify_rm_watch(2)
   *
   * @throws {TypeError} If `wd` is not a watch of this instance.
   * @throws {Deno.errors.BadResource} If the instance is closed.
   */
  rmWatch(wd: number): void {
    this.#assertOpen();
    // For callers without a compiler: FFI would not name the value.
    if (!Number.isInteger(wd)) {
      throw new TypeError(
        `Cannot use ${
          Deno.inspect(wd)
        } as a watch descriptor: expected an integer`,
      );
    }
    const libc = this.#libc;
    libc.check(
      () => libc.symbols.inotify_rm_watch(this.fd, wd),
      "inotify_rm_watch",
    );
  }

  /**
   * Returns the queued events without waiting.
   *
   * A call returns the events that fit into a buffer of 256 KiB, which is
   * thousands. If an empty array is returned, the queue is empty.
   *
   * @returns The events, in the order of the queue.
   *
   * @throws {Deno.errors.BadResource} If the instance is closed.
   */
  read(): InotifyEvent[] {
    return this.readExcept(0);
  }

  /**
   * Returns what {@linkcode read} returns, without the events that have only bits
   * of `ignored`. If {@linkcode isBehind} is `false`, the queue is empty.
   *
   * @ignore
   */
  readExcept(ignored: number): InotifyEvent[] {
    this.#assertOpen();
    // If the queue is not empty in spite of EAGAIN, the next wait ends at once.
    const length = this.#libc.checkUnless(EAGAIN, this.#fill, "read") ?? 0;
    this.#isBehind = length > Number(SIZE) - LARGEST;
    this.#position += length;
    if (length === 0) return [];
    const events = decodeEvents(buffer, view, length, ignored);
    this.#unrecorded += events.length;
    return events;
  }

  /**
   * Whether the last {@linkcode read} left events in the queue.
   *
   * @ignore
   */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * How many bytes of events were read so far.
   *
   * @ignore
   */
  get position(): number {
    return this.#position;
  }

  /**
   * Returns the {@linkcode position} at which all events are read that are queued
   * now. A writer that is as fast as the reader never lets the queue become empty.
   *
   * @ignore
   */
  end(): number {
    this.#assertOpen();
    const { symbols } = this.#ioctl ??= loadSymbols(IOCTL);
    const length = new Int32Array(1);
    const call = () => symbols.ioctl(this.fd, FIONREAD, length);
    this.#libc.check(call, "ioctl");
    return this.#position + length[0]!;
  }

  /**
   * How many milliseconds {@linkcode wait} would let events gather; 0 if there is
   * no burst.
   *
   * @ignore
   */
  get pause(): number {
    if (this.#isBehind) return 0;
    const now = performance.now();
    if (this.#unrecorded > 0) this.#pacer.recordRead(this.#unrecorded, now);
    this.#unrecorded = 0;
    return this.#pacer.remainingDelay(now);
  }

  /**
   * Waits until there are events to {@linkcode read}.
   *
   * During a burst of events it waits for up to 8 milliseconds and then resolves,
   * even if there is no event.
   *
   * @param timeout How many milliseconds to wait at most. A negative number, the
   * default, and `Infinity` set no limit.
   * @returns `false` if the instance is closed, and otherwise `true`, also after
   * the timeout.
   *
   * @throws {RangeError} If `timeout` is NaN.
   *
   * @example Reading events in batches, which is cheaper than one by one
   * ```ts ignore
   * while (await inotify.wait()) handle(inotify.read());
   * ```
   */
  async wait(timeout = -1): Promise<boolean> {
    // It would set no limit, but the caller meant to set one.
    if (typeof timeout !== "number" || Number.isNaN(timeout)) {
      const Class = typeof timeout === "number" ? RangeError : TypeError;
      throw new Class(
        `Cannot use ${Deno.inspect(timeout)} as timeout: it is not a number`,
      );
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
   * Lets the program end while this instance is open and waits for events. Until
   * then events are reported as before.
   *
   * The instance then uses the signal SIGIO instead of a thread that waits. If the
   * program has its own listener for this signal, it is called as well.
   *
   * @example Ending without `close()`
   * ```ts
   * import { IN, Inotify } from "@x/inotify";
   *
   * using inotify = new Inotify();
   * inotify.addWatch(await Deno.makeTempDir(), IN.CREATE);
   * inotify.unref();
   * // Without other work, the program ends here.
   * inotify.wait().then(() => console.log("A file was created"));
   * ```
   */
  unref(): void {
    if (!this.#closed) this.#poller.unref(this.fd);
  }

  /** Makes this instance keep the program running again, which is the default. */
  ref(): void {
    if (!this.#closed) this.#poller.ref(this.fd);
  }

  /**
   * Closes the instance: removes its watches, discards its queue, and ends waiting
   * and iterating. Closing it again does nothing.
   *
   * @returns A promise that resolves when the background thread has ended. The
   * descriptor is closed at once.
   */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = this.#poller.release(this.fd);
      this.#ioctl?.close();
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

/** Reads events and adds watches. */
export interface InotifySource extends
  WatchHolder,
  Pick<
    Inotify,
    | "readExcept"
    | "isBehind"
    | "position"
    | "end"
    | "wait"
    | "ref"
    | "unref"
    | "close"
  > {}
