/**
 * Waits for descriptors by SIGIO. This uses no thread and no pending operation, so
 * a program without other work ends.
 *
 * The default action of SIGIO ends the process. So a descriptor sends it only while
 * there is a listener.
 */

import { type Libc, loadSymbols } from "./libc.ts";

const SYS_gettid = Deno.build.arch === "aarch64" ? 178n : 186n;
const F_SETFL = 4;
const F_SETOWN_EX = 15;
const F_OWNER_TID = 0;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;

const SYMBOLS = {
  /** `int fcntl(int fd, int op, int flags)` */
  set_flags: {
    name: "fcntl",
    parameters: ["i32", "i32", "i32"],
    result: "i32",
  },
  /** `int fcntl(int fd, int op, struct f_owner_ex *owner)` */
  set_owner: {
    name: "fcntl",
    parameters: ["i32", "i32", "buffer"],
    result: "i32",
  },
  /**
   * `int epoll_wait(int epfd, struct epoll_event *events, int maxevents,
   * int timeout)`
   */
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Calls a listener when one of several descriptors becomes readable. */
export class SignalIo implements Disposable {
  readonly #libc: Libc;
  readonly #listener: () => void;
  readonly #library = loadSymbols(SYMBOLS);
  /** The descriptors whose signals go to this thread, and those that send any. */
  readonly #owned = new Set<number>();
  readonly #enabled = new Set<number>();

  /** Calls `listener` for each SIGIO, also for those of other descriptors. */
  constructor(libc: Libc, listener: () => void) {
    this.#libc = libc;
    this.#listener = listener;
    Deno.addSignalListener("SIGIO", listener);
  }

  /** Makes `fd` send SIGIO whenever it becomes readable. */
  enable(fd: number): void {
    if (this.#enabled.has(fd)) return;
    this.#own(fd);
    this.#setFlags(fd, O_NONBLOCK | O_ASYNC);
    this.#enabled.add(fd);
  }

  /** Stops the signals of `fd`. */
  disable(fd: number): void {
    if (this.#enabled.delete(fd)) this.#setFlags(fd, O_NONBLOCK);
  }

  /** Stops the signals of all descriptors. */
  disableAll(): void {
    for (const fd of this.#enabled) this.disable(fd);
  }

  /** Forgets `fd`, which is about to be closed. */
  forget(fd: number): void {
    this.disable(fd);
    this.#owned.delete(fd);
  }

  /** Calls epoll_wait(2) with a timeout of 0. */
  poll(epollFd: number, events: DataView<ArrayBuffer>, max: number): number {
    return this.#library.symbols.epoll_wait(epollFd, events, max, 0);
  }

  [Symbol.dispose](): void {
    this.disableAll();
    Deno.removeSignalListener("SIGIO", this.#listener);
    this.#library.close();
  }

  /** Sends the signals of `fd` to this JavaScript thread. */
  #own(fd: number): void {
    if (this.#owned.has(fd)) return;
    const { syscall } = this.#libc.symbols;
    const thread = syscall(SYS_gettid, 0, null, null, 0n);
    const owner = Int32Array.of(F_OWNER_TID, thread);
    this.#libc.check(
      () => this.#library.symbols.set_owner(fd, F_SETOWN_EX, owner),
      "fcntl",
    );
    this.#owned.add(fd);
  }

  #setFlags(fd: number, flags: number): void {
    this.#libc.check(
      () => this.#library.symbols.set_flags(fd, F_SETFL, flags),
      "fcntl",
    );
  }
}
