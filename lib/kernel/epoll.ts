/** Waiting for descriptors to become readable, for all of them on one thread. */

import { Libc } from "./libc.ts";

const CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLONESHOT = 1 << 30;

// struct epoll_event: what happened, in 32 bits, and then data of 64, of which
// the descriptor takes the first half. Only x86_64 leaves no gap between them.
const [EVENT_SIZE, DATA] = Deno.build.arch === "x86_64" ? [12, 4] : [16, 8];
const MAX_EVENTS = 64;

/** The longest timeout that epoll_wait(2) takes, in milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** One who waits for a descriptor. */
interface Waiter extends PromiseWithResolvers<void> {
  readonly fd: number;
  /** When it ends in any case, in milliseconds as `performance.now()` has them. */
  until: number;
}

/**
 * One epoll instance for all who wait in this thread of JavaScript.
 *
 * Deno has few threads for calls that block. If each of many instances held one
 * of them, the rest of the program would get none.
 */
export class Poller {
  static #shared: Poller | undefined;

  readonly #libc: Libc;
  readonly #resources: DisposableStack;
  readonly #epollFd: number;
  /** Readable at all times: to want that wakes the thread. */
  readonly #wakeFd: number;
  readonly #events = new DataView(new ArrayBuffer(EVENT_SIZE * MAX_EVENTS));
  readonly #wanted = new DataView(new ArrayBuffer(EVENT_SIZE));
  readonly #waiting = new Set<Waiter>();
  /** Ends when nobody waits any more. */
  #polling: Promise<void> | undefined;
  /** When the thread returns in any case. */
  #returns = Infinity;
  #users = 0;

  private constructor() {
    using resources = new DisposableStack();
    const libc = this.#libc = resources.use(Libc.acquire());
    const { close, epoll_create1, eventfd } = libc.symbols;
    this.#epollFd = resources.adopt(
      libc.check(() => epoll_create1(CLOEXEC), "epoll_create1"),
      close,
    );
    this.#wakeFd = resources.adopt(
      libc.check(() => eventfd(1, CLOEXEC), "eventfd"),
      close,
    );
    this.#control(EPOLL_CTL_ADD, this.#wakeFd, 0);
    this.#resources = resources.move();
  }

  /** The poller, for one more user, who is going to wait for `fd`. */
  static acquire(fd: number): Poller {
    const poller = Poller.#shared ??= new Poller();
    poller.#users++;
    try {
      poller.#control(EPOLL_CTL_ADD, fd, 0);
    } catch (error) {
      poller.#leave();
      throw error;
    }
    return poller;
  }

  /**
   * Gives up `fd`: waiting for it ends, and it may be closed.
   *
   * Resolves once nothing is left behind, which takes until the thread has
   * returned if this was the last user.
   */
  release(fd: number): Promise<void> {
    // Whatever comes of it, `fd` is about to be closed.
    this.#libc.symbols.epoll_ctl(this.#epollFd, EPOLL_CTL_DEL, fd, null);
    for (const waiting of this.#waiting) {
      if (waiting.fd === fd) this.#end(waiting, -Infinity);
    }
    return this.#leave();
  }

  /**
   * Waits until `fd` is readable, or for `timeout` milliseconds; a negative one
   * sets no limit.
   */
  wait(fd: number, timeout: number): Promise<void> {
    this.#control(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT);
    return this.#wait(fd, timeout);
  }

  /** Waits until whoever is at the other end of `fd` has gone. */
  hangup(fd: number): Promise<void> {
    // The kernel reports that to all who wait, whatever they wait for.
    this.#control(EPOLL_CTL_MOD, fd, EPOLLONESHOT);
    return this.#wait(fd, -1);
  }

  /**
   * Lets some milliseconds go by: fewer if `fd` is given up meanwhile, or if it
   * becomes readable while somebody waits for that.
   */
  pause(fd: number, delay: number): Promise<void> {
    // Unlike a timer of Deno's, this takes nothing that has to be loaded first.
    return this.#wait(fd, delay);
  }

  #wait(fd: number, timeout: number): Promise<void> {
    const waiting = { fd, until: Infinity, ...Promise.withResolvers<void>() };
    this.#waiting.add(waiting);
    if (timeout >= 0) this.#end(waiting, performance.now() + timeout);
    this.#polling ??= this.#poll();
    return waiting.promise;
  }

  /** Lets `waiting` end at the time `until`. */
  #end(waiting: Waiter, until: number): void {
    waiting.until = until;
    if (!this.#polling || until >= this.#returns) return;
    this.#returns = until;
    this.#control(EPOLL_CTL_MOD, this.#wakeFd, EPOLLIN | EPOLLONESHOT);
  }

  async #poll(): Promise<void> {
    const { epoll_wait } = this.#libc.symbols;
    while (this.#waiting.size > 0) {
      const untils = [...this.#waiting].map(({ until }) => until);
      this.#returns = Math.min(...untils);
      const left = Math.max(Math.ceil(this.#returns - performance.now()), 0);
      const count = await epoll_wait(
        this.#epollFd,
        this.#events,
        MAX_EVENTS,
        left === Infinity ? -1 : Math.min(left, MAX_TIMEOUT_MS),
      );
      const ready = new Set<number>();
      for (let i = 0; i < count; i++) {
        ready.add(this.#events.getInt32(i * EVENT_SIZE + DATA, true));
      }
      const now = performance.now();
      for (const waiting of this.#waiting) {
        if (!ready.has(waiting.fd) && waiting.until > now) continue;
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
    }
    this.#polling = undefined;
  }

  #leave(): Promise<void> {
    if (--this.#users > 0) return Promise.resolve();
    Poller.#shared = undefined;
    if (this.#polling) {
      return this.#polling.then(() => this.#resources.dispose());
    }
    this.#resources.dispose();
    return Promise.resolve();
  }

  #control(operation: number, fd: number, events: number): void {
    this.#wanted.setUint32(0, events, true);
    this.#wanted.setInt32(DATA, fd, true);
    const { epoll_ctl } = this.#libc.symbols;
    const wanted = this.#libc.addressOf(this.#wanted);
    this.#libc.check(
      () => epoll_ctl(this.#epollFd, operation, fd, wanted),
      "epoll_ctl",
    );
  }
}
