/** A time by which something has to happen. */

/** The longest that one timer waits, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Calls `miss` once when `patience` milliseconds pass without a renewal. */
export class Deadline implements Disposable {
  readonly #patience: number;
  readonly #miss: () => void;
  #due: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(patience: number, miss: () => void) {
    this.#patience = patience;
    this.#miss = miss;
    this.#due = performance.now() + patience;
    this.#wait();
  }

  /** Begins anew. */
  renew(): void {
    this.#due = performance.now() + this.#patience;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  // Renewing is cheap because it leaves the timer alone, which then finds that
  // it is too early.
  #wait(): void {
    if (this.#due === Infinity) return;
    const left = this.#due - performance.now();
    if (left <= 0) return this.#miss();
    this.#timer = setTimeout(() => this.#wait(), Math.min(left, LONGEST));
  }
}
