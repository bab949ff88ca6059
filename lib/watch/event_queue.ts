/** The queue between a producer that does not wait and a slow consumer. */

/**
 * A consumer that waits for an item. `settle` is a method, because a function
 * property would make a queue of some events unusable as a queue of all events.
 */
interface Waiter<T> {
  settle(
    result:
      | IteratorResult<T, undefined>
      | Promise<IteratorResult<T, undefined>>,
  ): void;
}

/**
 * The limit on the total weight of queued items. `weigh` is a method for the same
 * reason as `settle`.
 */
export interface WeightLimit<T> {
  readonly maxWeight: number;
  weigh(item: T): number;
}

const NO_LIMIT: WeightLimit<unknown> = { maxWeight: 1, weigh: () => 0 };

/**
 * A queue whose producer can see whether it is full, and whose consumer can wait
 * for items.
 */
export class EventQueue<T> {
  readonly #highWaterMark: number;
  readonly #limit: WeightLimit<T>;
  #weight = 0;
  #items: T[] = [];
  #taken = 0;
  #ended = false;
  #error: { readonly reason: unknown } | undefined;
  /** The consumers that wait for one item each. */
  readonly #waiters: Waiter<T>[] = [];
  #hasHandedOver = false;
  /** Resolved when there are items, and when there is room. */
  #waiting: PromiseWithResolvers<void> | undefined;
  #blocked: PromiseWithResolvers<void> | undefined;

  /** Creates a queue that is full with `highWaterMark` items, or at `limit`. */
  constructor(highWaterMark: number, limit: WeightLimit<T> = NO_LIMIT) {
    this.#highWaterMark = highWaterMark;
    this.#limit = limit;
  }

  get size(): number {
    return this.#items.length - this.#taken;
  }

  get isFull(): boolean {
    return this.size >= this.#highWaterMark ||
      this.#weight >= this.#limit.maxWeight;
  }

  push(item: T): void {
    // Passed to a waiting consumer directly, because a lone item has to arrive
    // soon. Through the queue, other microtasks would run first.
    const taker = this.#waiters.shift();
    if (taker) {
      this.#hasHandedOver = true;
      taker.settle({ done: false, value: item });
      return;
    }
    this.#items.push(item);
    this.#weight += this.#limit.weigh(item);
    this.#waiting = release(this.#waiting);
  }

  /** Ends the queue, or fails it with `error`, after the items that are queued. */
  end(error?: { readonly reason: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const taker of this.#waiters.splice(0)) taker.settle(this.next());
    this.#waiting = release(this.#waiting);
    this.#blocked = release(this.#blocked);
  }

  /** Returns the next item; `undefined` if there is none. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#taken];
    this.#compact(this.#taken + 1);
    return item;
  }

  /** Returns the items that are queued, at most `max`. */
  drain(max: number): T[] {
    const end = Math.min(this.#taken + max, this.#items.length);
    const items = this.#items.slice(this.#taken, end);
    this.#compact(end);
    return items;
  }

  /**
   * Waits until there is an item; resolves to `false` if the queue has ended.
   *
   * @throws The error that was passed to {@linkcode end}.
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
   * Waits for the next item or the end.
   *
   * @throws The error that was passed to {@linkcode end}.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#error) return Promise.reject(this.#error.reason);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((settle) => this.#waiters.push({ settle }));
  }

  /** Returns whether an item was passed to a waiting consumer since the last call. */
  hasHandedOver(): boolean {
    const hasHandedOver = this.#hasHandedOver;
    this.#hasHandedOver = false;
    return hasHandedOver;
  }

  /** Frees the taken items. Each item is copied at most once on average. */
  #compact(taken: number): void {
    for (let i = this.#taken; i < taken; i++) {
      this.#weight -= this.#limit.weigh(this.#items[i]!);
    }
    this.#taken = taken;
    if (taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(taken);
      this.#taken = 0;
    }
    if (!this.isFull) this.#blocked = release(this.#blocked);
  }

  /** Waits until there is room or the queue has ended. */
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
