/** A time by which something has to happen. */

import { LONGEST } from "../timer.ts";

/** Calls `miss` when `patience` milliseconds pass without a pause. */
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

  /** Waits no longer, until it is renewed. */
  pause(): void {
    // Deno loads its timers when they are first asked for: that is not for free.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** Begins anew after a pause. */
  renew(): void {
    this.#due = performance.now() + this.#patience;
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.pause();
  }

  #wait(): void {
    if (this.#due === Infinity) return;
    const left = this.#due - performance.now();
    if (left <= 0) return this.#miss();
    this.#timer = setTimeout(() => this.#wait(), Math.min(left, LONGEST));
  }
}
