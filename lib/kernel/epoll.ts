/** Waiting for descriptors to become readable, for all of them on one thread. */

import { Libc, loadSymbols } from "./libc.ts";
import { SignalIo } from "./sigio.ts";

const CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLONESHOT = 1 << 30;
const POLLIN = 1;

// struct epoll_event: what happened, in 32 bits, and then data of 64, of which
// the descriptor takes the first half. Only x86_64 leaves no gap between them.
const [EVENT_SIZE, DATA] = Deno.build.arch === "x86_64" ? [12, 4] : [16, 8];
const MAX_EVENTS = 64;

/** The longest timeout that epoll_wait(2) takes, in milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** How long to wait for the thread when all ends, in milliseconds. */
const MAX_UNLOAD_MS = 100;

/** One who waits for a descriptor. */
interface Waiter extends PromiseWithResolvers<void> {
  readonly user: User;
  /** Whether it waits for anything but time. */
  readonly isForEvents: boolean;
  /** When it ends in any case, in milliseconds as `performance.now()` has them. */
  until: number;
}

/** A descriptor that somebody waits for now and then. */
interface User {
  readonly fd: number;
  /** Whether to wait for it keeps the program running. */
  isRef: boolean;
  /** Closes `fd` and whatever belongs to it. */
  readonly onUnload: () => void;
}

/**
 * One epoll instance for all who wait in this thread of JavaScript.
 *
 * Deno has few threads for calls that block. If each of many instances held one
 * of them, the rest of the program would get none.
 *
 * The call that blocks keeps the program running. While all who wait are not to
 * do that, none is made, and SIGIO says when to look.
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
  readonly #users = new Map<number, User>();
  readonly #waiting = new Set<Waiter>();
  /** Ends when nobody waits any more who keeps the program running. */
  #polling: Promise<void> | undefined;
  /** When the thread returns in any case. */
  #returns = Infinity;
  /** There while any user is not to keep the program running. */
  #signals: SignalIo | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnloaded = false;

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
    const unload = () => this.#unload();
    addEventListener("unload", unload);
    resources.defer(() => removeEventListener("unload", unload));
    this.#resources = resources.move();
  }

  /**
   * The poller, for one more user, who is going to wait for `fd`.
   *
   * `onUnload` has to release and to close it: it is called when the program
   * ends while the process goes on, as with `deno run --watch`.
   */
  static acquire(fd: number, onUnload: () => void = () => {}): Poller {
    const poller = Poller.#shared ??= new Poller();
    poller.#users.set(fd, { fd, isRef: true, onUnload });
    try {
      poller.#control(EPOLL_CTL_ADD, fd, 0);
    } catch (error) {
      poller.#leave(fd);
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
      if (waiting.user.fd !== fd) continue;
      // Who has waited in vain may count on it that no thread is left.
      if (this.#polling) this.#endBy(waiting, -Infinity);
      else this.#end(waiting);
    }
    this.#signals?.forget(fd);
    this.#schedule();
    return this.#leave(fd);
  }

  /** Has waiting for `fd` keep the program running, as it does at first. */
  ref(fd: number): void {
    this.#setRef(fd, true);
    this.#dropSignals();
  }

  /** Has waiting for `fd`, an inotify instance, not keep the program running. */
  unref(fd: number): void {
    this.#setRef(fd, false);
  }

  #setRef(fd: number, isRef: boolean): void {
    const user = this.#users.get(fd)!;
    if (user.isRef === isRef) return;
    user.isRef = isRef;
    this.#schedule();
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
    return this.#wait(fd, delay, false);
  }

  #wait(fd: number, timeout: number, isForEvents = true): Promise<void> {
    const until = timeout >= 0 ? performance.now() + timeout : Infinity;
    const user = this.#users.get(fd)!;
    const promise = Promise.withResolvers<void>();
    const waiting = { user, isForEvents, until: Infinity, ...promise };
    this.#waiting.add(waiting);
    this.#endBy(waiting, until);
    if (!this.#polling) this.#schedule();
    return waiting.promise;
  }

  /** Lets `waiting` end at the time `until`. */
  #endBy(waiting: Waiter, until: number): void {
    waiting.until = until;
    if (!this.#polling || until >= this.#returns) return;
    this.#returns = until;
    this.#wake();
  }

  #end(waiting: Waiter): void {
    this.#waiting.delete(waiting);
    waiting.resolve();
  }

  /** Waits on the thread, or by signals, whichever is right by now. */
  #schedule(): void {
    if (this.#isUnloaded) return;
    if (this.#isRef()) this.#polling ??= this.#poll();
    else if (this.#polling) this.#wake();
    else this.#awaitSignals();
  }

  /** Whether anybody waits who keeps the program running. */
  #isRef(): boolean {
    return this.#waiting.values().some(({ user }) => user.isRef);
  }

  /** When the first of those who wait has waited long enough. */
  #next(): number {
    let next = Infinity;
    for (const { until } of this.#waiting) next = Math.min(next, until);
    return next;
  }

  #wake(): void {
    this.#control(EPOLL_CTL_MOD, this.#wakeFd, EPOLLIN | EPOLLONESHOT);
  }

  // On the thread

  async #poll(): Promise<void> {
    const { epoll_wait } = this.#libc.symbols;
    this.#stopSignals();
    while (this.#isRef()) {
      this.#returns = this.#next();
      const left = Math.max(Math.ceil(this.#returns - performance.now()), 0);
      const count = await epoll_wait(
        this.#epollFd,
        this.#events,
        MAX_EVENTS,
        left === Infinity ? -1 : Math.min(left, MAX_TIMEOUT_MS),
      );
      this.#settle(count);
    }
    this.#polling = undefined;
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** Lets those go whose descriptor is among the first `count` events. */
  #settle(count: number): void {
    const ready = new Set<number>();
    for (let i = 0; i < count; i++) {
      ready.add(this.#events.getInt32(i * EVENT_SIZE + DATA, true));
    }
    const now = performance.now();
    for (const waiting of this.#waiting) {
      const { fd } = waiting.user;
      if (!ready.has(fd) && waiting.until > now) continue;
      // A burst would send a signal for each event.
      this.#signals?.disable(fd);
      this.#end(waiting);
    }
  }

  // By signals

  #awaitSignals(): void {
    this.#stopTimer();
    if (this.#waiting.size === 0) return;
    const signals = this.#signals ??= new SignalIo(
      this.#libc,
      () => this.#look(),
    );
    for (const { user, isForEvents } of this.#waiting) {
      if (isForEvents) signals.enable(user.fd);
    }
    // What is there already sends none.
    this.#look();
    const until = this.#next();
    if (until === Infinity) return;
    const left = Math.max(until - performance.now(), 0);
    this.#timer = setTimeout(
      () => this.#schedule(),
      Math.min(left, MAX_TIMEOUT_MS),
    );
    Deno.unrefTimer(this.#timer);
  }

  #look(): void {
    // The thread takes what comes, or there is nothing to look for.
    if (this.#polling || !this.#signals) return;
    this.#settle(this.#signals.poll(this.#epollFd, this.#events, MAX_EVENTS));
  }

  #stopSignals(): void {
    this.#signals?.disableAll();
    this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Gives up the listener, if nobody needs it any more. */
  #dropSignals(): void {
    if (!this.#users.values().every(({ isRef }) => isRef)) return;
    this.#stopTimer();
    this.#signals?.[Symbol.dispose]();
    this.#signals = undefined;
  }

  // The end

  #leave(fd: number): Promise<void> {
    this.#users.delete(fd);
    this.#dropSignals();
    if (this.#users.size > 0) return Promise.resolve();
    Poller.#shared = undefined;
    if (this.#polling) {
      return this.#polling.then(() => this.#resources.dispose());
    }
    this.#resources.dispose();
    return Promise.resolve();
  }

  /** Closes everything at once: no promise is kept any more. */
  #unload(): void {
    this.#isUnloaded = true;
    if (this.#polling) this.#endThread();
    this.#polling = undefined;
    for (const { onUnload } of [...this.#users.values()]) onUnload();
    this.#resources.dispose();
  }

  /**
   * Wakes the thread, and waits until it no longer uses the memory of this
   * program, which is about to go, nor the descriptor, whose number may soon be
   * another one's.
   */
  #endThread(): void {
    const library = loadSymbols({
      /** `int poll(struct pollfd *fds, nfds_t nfds, int timeout)` */
      poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
    });
    this.#wake();
    // It is readable until the thread has taken the event.
    const descriptor = Int32Array.of(this.#epollFd, POLLIN);
    const end = performance.now() + MAX_UNLOAD_MS;
    while (
      library.symbols.poll(descriptor, 1n, 0) > 0 && performance.now() < end
    );
    library.close();
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
