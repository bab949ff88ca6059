/**
 * How long to let events gather before they are read.
 *
 * To wake a thread for every few events of a burst costs more than they do. The
 * first of them is not to wait for that, nor one that comes alone.
 */

/** So many events in so many milliseconds, the shortest pause, are a burst. */
const MANY = 16;
const SHORT = 2;

/** The longest pause, in milliseconds. */
const LONG = 16;

/**
 * So many events are to gather in a pause. Even if they come ten times as fast
 * from one moment to the next, the kernel's queue has room for them.
 */
const TARGET = 1024;

/** What is known of how events come; all times are in milliseconds. */
export class Burst {
  #count = 0;
  #countedFrom = -Infinity;
  #pause = SHORT;
  #pausesUntil = -Infinity;

  /** Takes that `count` events were read at the time `now`. */
  take(count: number, now: number): void {
    if (now - this.#countedFrom >= SHORT) {
      if (this.#count < MANY) this.#pause = SHORT;
      this.#count = 0;
      this.#countedFrom = now;
    }
    this.#count += count;
    if (this.#count < MANY) return;
    const next = this.#pause * Math.min(TARGET / count, 2);
    this.#pause = Math.min(Math.max(next, SHORT), LONG);
    this.#pausesUntil = now + this.#pause;
  }

  /** For how long from `now` on to let events gather; not at all if 0. */
  pauseFrom(now: number): number {
    return Math.max(this.#pausesUntil - now, 0);
  }
}
