/** Between a producer that does not wait and a consumer that takes its time. */

/** Who waits for an item. A method, or a queue of some events were none of events. */
interface Waiter<T> {
  settle(
    result:
      | IteratorResult<T, undefined>
      | Promise<IteratorResult<T, undefined>>,
  ): void;
}

/**
 * A queue of which the producer can tell whether it is full, and on which the
 * consumer can wait.
 */
export class EventQueue<T> {
  readonly #highWaterMark: number;
  #items: T[] = [];
  #taken = 0;
  #ended = false;
  #error: { readonly reason: unknown } | undefined;
  /** Those who wait for one item each. */
  readonly #waiters: Waiter<T>[] = [];
  #hasHandedOver = false;
  /** Those who wait until there are items, and those who wait for room. */
  #waiting: PromiseWithResolvers<void> | undefined;
  #blocked: PromiseWithResolvers<void> | undefined;

  constructor(highWaterMark: number) {
    this.#highWaterMark = highWaterMark;
  }

  get size(): number {
    return this.#items.length - this.#taken;
  }

  get isFull(): boolean {
    return this.size >= this.#highWaterMark;
  }

  push(item: T): void {
    // Straight to whoever waits: on the way through the queue others would come
    // before, and an item that comes alone is wanted soonest.
    const taker = this.#waiters.shift();
    if (taker) {
      this.#hasHandedOver = true;
      taker.settle({ done: false, value: item });
      return;
    }
    this.#items.push(item);
    this.#waiting = release(this.#waiting);
  }

  /** Lets the consumer come to its end, or to `error`, behind what is queued. */
  end(error?: { readonly reason: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const taker of this.#waiters.splice(0)) taker.settle(this.next());
    this.#waiting = release(this.#waiting);
    this.#blocked = release(this.#blocked);
  }

  /** The next item; `undefined` if there is none for now. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#taken];
    this.#compact(this.#taken + 1);
    return item;
  }

  /** What there is for now, `max` items at most. */
  drain(max: number): T[] {
    const end = Math.min(this.#taken + max, this.#items.length);
    const items = this.#items.slice(this.#taken, end);
    this.#compact(end);
    return items;
  }

  /**
   * Waits until there is an item; `false` if it came to its end without one.
   *
   * @throws What {@linkcode end} was given as an error.
   */
  async ready(): Promise<boolean> {
    while (this.size === 0) {
      if (this.#error) throw this.#error.reason;
      if (this.#ended) return false;
      this.#waiting ??= Promise.withResolvers();
      await this.#waiting.promise;
    }
    return true;
  }

  /**
   * The next item, once there is one, or the end.
   *
   * @throws What {@linkcode end} was given as an error.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#error) return Promise.reject(this.#error.reason);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((settle) => this.#waiters.push({ settle }));
  }

  /** Whether an item went straight to a consumer since this was last asked. */
  hasHandedOver(): boolean {
    const hasHandedOver = this.#hasHandedOver;
    this.#hasHandedOver = false;
    return hasHandedOver;
  }

  /** Lets go of what was taken, at a cost that each item has but once. */
  #compact(taken: number): void {
    this.#taken = taken;
    if (taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(taken);
      this.#taken = 0;
    }
    if (!this.isFull) this.#blocked = release(this.#blocked);
  }

  /** Waits until there is room, or nobody is going to make any. */
  async waitForRoom(): Promise<void> {
    while (this.isFull && !this.#ended) {
      this.#blocked ??= Promise.withResolvers();
      await this.#blocked.promise;
    }
  }
}

function release(waiting: PromiseWithResolvers<void> | undefined): undefined {
  waiting?.resolve();
}
