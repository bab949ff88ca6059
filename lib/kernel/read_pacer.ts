/**
 * How long to let events gather before they are read.
 *
 * To wake a thread for every few events of a burst costs more than they do. The
 * first of them is not to wait for that, nor one that comes alone.
 */

/** As many events in a millisecond, or more, are a burst. */
const FAST = 4;

/**
 * The shortest pause, and the shortest time that tells how fast they come, in
 * milliseconds.
 */
const SHORT = 2;

/**
 * The longest pause, in milliseconds. The kernel's queue has room for what comes
 * in it, even if one program begins all of a sudden to write as fast as it can.
 */
const LONG = 8;

/** As many events are to gather: more are hardly cheaper, and fill the queue. */
const TARGET = 1024;

/** What is known of how events come; all times are in milliseconds. */
export class Burst {
  #count = 0;
  #countedFrom = -Infinity;
  #readAt = -Infinity;
  #pausesUntil = -Infinity;

  /** Takes that `count` events were read at the time `now`. */
  take(count: number, now: number): void {
    if (now - this.#readAt >= SHORT) {
      // What came before it was quiet does not belong to what comes now.
      this.#count = 0;
      this.#countedFrom = this.#readAt;
    }
    this.#readAt = now;
    this.#count += count;
    const time = now - this.#countedFrom;
    if (time < SHORT) return;
    const rate = this.#count / time;
    this.#count = 0;
    this.#countedFrom = now;
    if (rate < FAST) return;
    this.#pausesUntil = now + Math.min(Math.max(TARGET / rate, SHORT), LONG);
  }

  /** For how long from `now` on to let events gather; not at all if 0. */
  pauseFrom(now: number): number {
    return Math.max(this.#pausesUntil - now, 0);
  }
}
