/**
 * How long to let events gather before they are read.
 *
 * To wake a thread for every few events of a burst costs more than they do. The
 * first of them is not to wait for that, nor one that comes alone.
 */

/** As many events in a millisecond, or more, are a burst. */
const BURST_EVENTS_PER_MS = 4;

/**
 * The shortest pause, and the shortest time that tells how fast they come, in
 * milliseconds.
 */
const SHORT_PAUSE_MS = 2;

/**
 * The longest pause, in milliseconds. The kernel's queue has room for what comes
 * in it, even if one program begins all of a sudden to write as fast as it can.
 */
const LONG_PAUSE_MS = 8;

/** As many events are to gather: more are hardly cheaper, and fill the queue. */
const TARGET_EVENTS_PER_READ = 1024;

/** What is known of how events come; all times are in milliseconds. */
export class ReadPacer {
  #count = 0;
  #countedFrom = -Infinity;
  #readAt = -Infinity;
  #pausesUntil = -Infinity;

  /** Takes that `count` events were read at the time `now`. */
  recordRead(count: number, now: number): void {
    if (now - this.#readAt >= SHORT_PAUSE_MS) {
      // What came before it was quiet does not belong to what comes now.
      this.#count = 0;
      this.#countedFrom = this.#readAt;
    }
    this.#readAt = now;
    this.#count += count;
    const time = now - this.#countedFrom;
    if (time < SHORT_PAUSE_MS) return;
    const rate = this.#count / time;
    this.#count = 0;
    this.#countedFrom = now;
    if (rate < BURST_EVENTS_PER_MS) return;
    this.#pausesUntil = now +
      Math.min(
        Math.max(TARGET_EVENTS_PER_READ / rate, SHORT_PAUSE_MS),
        LONG_PAUSE_MS,
      );
  }

  /** For how long from `now` on to let events gather; not at all if 0. */
  remainingDelay(now: number): number {
    return Math.max(this.#pausesUntil - now, 0);
  }
}
