/**
 * One inotify instance for many watchers, because a user has only 128 instances by
 * default.
 *
 * The kernel has one watch for an inode, even if several watchers asked for it.
 * Each share knows which watches it holds, and gets only their events. The kernel's
 * watch ends with its last holder.
 */

import { Inotify, type InotifySource } from "./inotify.ts";
import type { InotifyEvent } from "./inotify_event.ts";
import { Libc } from "./libc.ts";
import { IN, SELF } from "./mask.ts";

/**
 * How many events to keep for a share that does not read. The kernel keeps as many
 * for an instance by default.
 */
const MAX_QUEUED_EVENTS = 16_384;

/** After how many removed watches to read their events `IN.IGNORED`. */
const REMOVALS_PER_READ = 1_000;

const OVERFLOW: InotifyEvent = {
  wd: -1,
  mask: IN.Q_OVERFLOW,
  cookie: 0,
  name: "",
};

/** The instance and its shares. */
class SharedInotify {
  static #current: SharedInotify | undefined;

  readonly inotify = new Inotify();
  readonly #libc = Libc.acquire();
  readonly #shares = new Set<InotifyShare>();
  readonly #holders = new Map<number, Set<InotifyShare>>();
  #isListening = false;
  #refCount = 0;
  #removedCount = 0;

  /** Returns the instance for one more share. */
  static join(share: InotifyShare): SharedInotify {
    const shared = SharedInotify.#current ??= new SharedInotify();
    shared.#shares.add(share);
    shared.ref();
    return shared;
  }

  /** Releases the watches of `share`; closes the instance with the last share. */
  leave(share: InotifyShare, held: Iterable<number>): Promise<void> {
    this.#shares.delete(share);
    if (this.#shares.size > 0) {
      for (const wd of held) this.release(share, wd);
      if (share.isRef) this.unref();
      return Promise.resolve();
    }
    SharedInotify.#current = undefined;
    const closed = this.inotify.close();
    this.#libc[Symbol.dispose]();
    return closed;
  }

  ref(): void {
    if (++this.#refCount === 1) this.inotify.ref();
  }

  unref(): void {
    if (--this.#refCount === 0) this.inotify.unref();
  }

  hold(share: InotifyShare, wd: number): void {
    // Events from before `share` was added are not for it: its listings are newer.
    if (this.#holders.has(wd)) this.read({ share, wd });
    const holders = this.#holders.get(wd);
    if (holders) holders.add(share);
    else this.#holders.set(wd, new Set([share]));
  }

  release(share: InotifyShare, wd: number): void {
    const holders = this.#holders.get(wd);
    if (!holders?.delete(share) || holders.size > 0) return;
    this.#holders.delete(wd);
    // It fails if the watch was removed already and `IN.IGNORED` is queued.
    this.#libc.symbols.inotify_rm_watch(this.inotify.fd, wd);
    // Otherwise the kernel's queue overflows, for all shares.
    if (++this.#removedCount % REMOVALS_PER_READ === 0) this.read();
  }

  /**
   * Reads once, and passes each event to the shares that hold its watch. A new
   * share gets only the end of the watch.
   */
  read(newcomer?: { share: InotifyShare; wd: number }): void {
    for (const event of this.inotify.read()) {
      const { wd, mask } = event;
      const holders = mask & IN.Q_OVERFLOW
        ? this.#shares
        : this.#holders.get(wd) ?? [];
      for (const share of holders) share.push(event);
      if (newcomer?.wd === wd && mask & SELF) newcomer.share.push(event);
      if (mask & IN.IGNORED) this.#holders.delete(wd);
    }
  }

  /** Reads as long as a share waits. */
  async listen(): Promise<void> {
    if (this.#isListening) return;
    this.#isListening = true;
    try {
      while (this.#shares.values().some(({ isWaiting }) => isWaiting)) {
        if (!await this.inotify.wait()) break;
        this.read();
      }
    } catch {
      // The next read throws the same error.
      for (const share of this.#shares) share.wake();
    } finally {
      this.#isListening = false;
    }
  }
}

/** A share of the instance, which is used like an instance of its own. */
export class InotifyShare implements InotifySource {
  readonly #shared: SharedInotify;
  readonly #maxQueuedEvents: number;
  readonly #held = new Set<number>();
  #queue: InotifyEvent[] = [];
  readonly #waiters = new Set<() => void>();
  #isRef = true;
  #closed: Promise<void> | undefined;

  /** Creates a share that keeps `maxQueuedEvents` events, and drops more. */
  constructor(maxQueuedEvents: number = MAX_QUEUED_EVENTS) {
    this.#maxQueuedEvents = maxQueuedEvents;
    this.#shared = SharedInotify.join(this);
  }

  get fd(): number {
    return this.#shared.inotify.fd;
  }

  get isBehind(): boolean {
    return this.#shared.inotify.isBehind;
  }

  get position(): number {
    return this.#shared.inotify.position;
  }

  end(): number {
    return this.#shared.inotify.end();
  }

  get isRef(): boolean {
    return this.#isRef;
  }

  get isWaiting(): boolean {
    return this.#waiters.size > 0;
  }

  hold(wd: number): void {
    if (this.#held.has(wd)) return;
    this.#shared.hold(this, wd);
    this.#held.add(wd);
  }

  release(wd: number): void {
    if (this.#held.delete(wd)) this.#shared.release(this, wd);
  }

  /** Queues `event`, and wakes the waiting reader. */
  push(event: InotifyEvent): void {
    if (event.mask & IN.IGNORED) this.#held.delete(event.wd);
    if (this.#queue.length < this.#maxQueuedEvents) this.#queue.push(event);
    else if (this.#queue.at(-1) !== OVERFLOW) this.#queue.push(OVERFLOW);
    this.wake();
  }

  wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  read(): InotifyEvent[] {
    if (this.#closed) return [];
    this.#shared.read();
    const events = this.#queue;
    this.#queue = [];
    return events;
  }

  /** Reads all events: another share may need those to ignore. */
  readExcept(): InotifyEvent[] {
    return this.read();
  }

  async wait(timeout = -1): Promise<boolean> {
    if (this.#closed) return false;
    if (this.#queue.length > 0) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.add(resolve);
    if (timeout >= 0 && timeout < Infinity) {
      this.#shared.inotify.wait(timeout).then(() => resolve());
    }
    this.#shared.listen();
    await promise;
    this.#waiters.delete(resolve);
    return !this.#closed;
  }

  ref(): void {
    if (this.#isRef || this.#closed) return;
    this.#isRef = true;
    this.#shared.ref();
  }

  unref(): void {
    if (!this.#isRef || this.#closed) return;
    this.#isRef = false;
    this.#shared.unref();
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = this.#shared.leave(this, this.#held);
      this.#held.clear();
      this.wake();
    }
    return this.#closed;
  }
}
