/** Waits for all descriptors to become readable, on one thread. */

import { Libc } from "./libc.ts";
import { Poll, POLLIN } from "./poll.ts";
import { SignalIo } from "./sigio.ts";
import { ThreadMemory } from "./thread_memory.ts";

const CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLPRI = 2;
const EPOLLONESHOT = 1 << 30;

// struct epoll_event has the events in 32 bits and then data of 64 bits. The first
// half of the data is the descriptor. Only x86_64 leaves no gap between both.
const [EVENT_SIZE, DATA] = Deno.build.arch === "x86_64" ? [12, 4] : [16, 8];
const MAX_EVENTS = 64;

/** The longest timeout of epoll_wait(2), in milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** How long to wait for the thread at an unload, in milliseconds. */
const MAX_UNLOAD_MS = 100;

/** A promise that waits for a descriptor or for a time. */
interface Waiter extends PromiseWithResolvers<void> {
  readonly user: User;
  /** Whether it waits for events, not only for a time. */
  readonly isForEvents: boolean;
  /** When it ends at the latest, in milliseconds of `performance.now()`. */
  until: number;
}

/** A descriptor that is registered with the poller. */
interface User {
  readonly fd: number;
  /** Whether waiting for it keeps the program running. */
  isRef: boolean;
  /** Whether {@linkcode unref} was ever called. */
  wasUnref: boolean;
  /** Closes `fd` and everything that belongs to it. */
  readonly onUnload: () => void;
}

/**
 * One epoll instance for all descriptors of this JavaScript thread.
 *
 * Deno has few threads for calls that block. If each of many inotify instances
 * used one of them, none would be left for the rest of the program.
 *
 * A call that blocks keeps the program running. If no waiter may do that, no call
 * is made, and SIGIO signals that there are events.
 */
export class Poller {
  static #shared: Poller | undefined;

  readonly #libc: Libc;
  readonly #resources: DisposableStack;
  readonly #epollFd: number;
  /** Always readable: asking for its events wakes the thread. */
  readonly #wakeFd: number;
  /** The events of the last call; on the thread they are in other memory. */
  readonly #events = new DataView(new ArrayBuffer(EVENT_SIZE * MAX_EVENTS));
  readonly #threadEvents: ThreadMemory;
  readonly #wanted = new DataView(new ArrayBuffer(EVENT_SIZE));
  readonly #users = new Map<number, User>();
  readonly #waiting = new Set<Waiter>();
  readonly #onPriority = new Map<number, () => void>();
  /** Resolves when no waiter keeps the program running. */
  #polling: Promise<void> | undefined;
  /** When the thread returns at the latest. */
  #returns = Infinity;
  /** Set while any user must not keep the program running. */
  #signals: SignalIo | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnloaded = false;
  /** Whether the thread may use its memory after the end of the program. */
  #isThreadLost = false;

  private constructor() {
    using resources = new DisposableStack();
    const libc = this.#libc = resources.use(Libc.acquire());
    const memory = this.#threadEvents = new ThreadMemory(
      libc,
      this.#events.byteLength,
    );
    resources.defer(() => {
      if (!this.#isThreadLost) memory[Symbol.dispose]();
    });
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
   * Returns the poller for one more user, who waits for `fd`.
   *
   * `onUnload` has to release and close `fd`. It is called when the program ends
   * but the process continues, as with `deno run --watch`.
   */
  static acquire(fd: number, onUnload: () => void = () => {}): Poller {
    const poller = Poller.#shared ??= new Poller();
    poller.#users.set(fd, { fd, isRef: true, wasUnref: false, onUnload });
    try {
      poller.#control(EPOLL_CTL_ADD, fd, 0);
    } catch (error) {
      poller.#leave(fd);
      throw error;
    }
    return poller;
  }

  /**
   * Releases `fd`: waiting for it ends, and it may be closed.
   *
   * Resolves when everything of this user is released. For the last user, the
   * thread has returned by then.
   */
  release(fd: number): Promise<void> {
    // A failure does not matter, because `fd` is about to be closed.
    this.#libc.symbols.epoll_ctl(this.#epollFd, EPOLL_CTL_DEL, fd, null);
    for (const waiting of this.#waiting) {
      if (waiting.user.fd !== fd) continue;
      // A waiter must not resolve before the thread has returned.
      if (this.#polling) this.#endBy(waiting, -Infinity);
      else this.#end(waiting);
    }
    this.#signals?.forget(fd);
    this.#onPriority.delete(fd);
    this.#schedule();
    return this.#leave(fd);
  }

  /** Makes waiting for `fd` keep the program running, which is the default. */
  ref(fd: number): void {
    this.#setRef(fd, true);
  }

  /** Lets the program end while it waits for `fd`, an inotify instance. */
  unref(fd: number): void {
    this.#setRef(fd, false);
  }

  #setRef(fd: number, isRef: boolean): void {
    const user = this.#users.get(fd)!;
    if (user.isRef === isRef) return;
    user.isRef = isRef;
    user.wasUnref ||= !isRef;
    this.#schedule();
  }

  /**
   * Waits until `fd` is readable, or for `timeout` milliseconds. A negative timeout
   * sets no limit.
   */
  wait(fd: number, timeout: number): Promise<void> {
    this.#control(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT);
    return this.#wait(fd, timeout);
  }

  /**
   * Calls `callback` whenever `fd` has priority data, such as a change of a file in
   * /proc, while anybody waits. This does not keep the program running.
   */
  onPriority(fd: number, callback: () => void): void {
    this.#onPriority.set(fd, callback);
    this.#control(EPOLL_CTL_MOD, fd, EPOLLPRI);
  }

  /** Waits until the other end of `fd` is closed. */
  hangup(fd: number): Promise<void> {
    // The kernel reports a hangup even if no events are asked for.
    this.#control(EPOLL_CTL_MOD, fd, EPOLLONESHOT);
    return this.#wait(fd, -1);
  }

  /**
   * Waits for some milliseconds; less if `fd` is released meanwhile, or becomes
   * readable while another waiter waits for that.
   */
  pause(fd: number, delay: number): Promise<void> {
    // Deno would have to load its timers first.
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

  /** Makes `waiting` end at the time `until`. */
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

  /** Waits on the thread or by signals, depending on who waits. */
  #schedule(): void {
    if (this.#isUnloaded) return;
    if (this.#isRef()) this.#polling ??= this.#poll();
    else if (this.#polling) this.#wake();
    else this.#awaitSignals();
  }

  /** Returns whether any waiter keeps the program running. */
  #isRef(): boolean {
    for (const { user } of this.#waiting) if (user.isRef) return true;
    return false;
  }

  /** Returns the time at which the first waiter ends at the latest. */
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
        this.#threadEvents.pointer,
        MAX_EVENTS,
        left === Infinity ? -1 : Math.min(left, MAX_TIMEOUT_MS),
      );
      if (count > 0) this.#threadEvents.copyTo(this.#events);
      this.#settle(count);
    }
    this.#polling = undefined;
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** Ends the waiters whose descriptor is among the first `count` events. */
  #settle(count: number): void {
    // Code that runs rarely is slow, and a lone event has to arrive soon. So this
    // reads the clock only if it matters, and builds no set.
    let now: number | undefined;
    for (const [fd, callback] of this.#onPriority) {
      if (this.#isReady(fd, count)) callback();
    }
    for (const waiting of this.#waiting) {
      const { until, user: { fd } } = waiting;
      if (!this.#isReady(fd, count)) {
        if (until === Infinity) continue;
        now ??= performance.now();
        if (until > now) continue;
      }
      // During a burst, the kernel would send a signal for each event.
      this.#signals?.disable(fd);
      this.#end(waiting);
    }
  }

  /** Returns whether `fd` is among the first `count` events. */
  #isReady(fd: number, count: number): boolean {
    for (let i = 0; i < count; i++) {
      if (this.#events.getInt32(i * EVENT_SIZE + DATA, true) === fd) {
        return true;
      }
    }
    return false;
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
    // Events that are queued already cause no signal.
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
    // The thread handles the events, or nobody waits for any.
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

  /** Removes the signal listener, if no user needs it. */
  #dropSignals(): void {
    if (this.#users.values().some(({ wasUnref }) => wasUnref)) return;
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

  /** Closes everything at once; pending promises never resolve. */
  #unload(): void {
    this.#isUnloaded = true;
    if (this.#polling) this.#endThread();
    this.#polling = undefined;
    for (const { onUnload } of [...this.#users.values()]) onUnload();
    this.#resources.dispose();
  }

  /**
   * Wakes the thread, and waits until it uses neither the memory of this program,
   * which is about to be freed, nor the descriptor, whose number may be reused.
   */
  #endThread(): void {
    using poll = new Poll();
    this.#wake();
    const end = performance.now() + MAX_UNLOAD_MS;
    // The epoll descriptor is readable until the thread has read the event.
    while (poll.isReady(this.#epollFd, POLLIN) && performance.now() < end);
    this.#isThreadLost = performance.now() >= end;
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
