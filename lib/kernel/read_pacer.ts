/**
 * Decides how long to let events gather before they are read.
 *
 * During a burst, waking a thread for every few events costs more than the events.
 * But the first event of a burst, and a lone event, must not wait.
 */

/** The least rate of events that is a burst. */
const BURST_EVENTS_PER_MS = 4;

/**
 * The shortest pause, and the shortest time over which a rate is measured, in
 * milliseconds.
 */
const SHORT_PAUSE_MS = 2;

/**
 * The longest pause, in milliseconds. The kernel's queue has room for the events
 * of this time, even if a program suddenly writes as fast as it can.
 */
const LONG_PAUSE_MS = 8;

/** How many events to let gather. More are hardly cheaper, but fill the queue. */
const TARGET_EVENTS_PER_READ = 1024;

/** Measures the rate of events; all times are in milliseconds. */
export class ReadPacer {
  #count = 0;
  #countedFrom = -Infinity;
  #readAt = -Infinity;
  #pausesUntil = -Infinity;

  /** Records that `count` events were read at the time `now`. */
  recordRead(count: number, now: number): void {
    if (now - this.#readAt >= SHORT_PAUSE_MS) {
      // A rate that includes the quiet time would be too low.
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

  /** Returns how long to let events gather from `now` on; 0 is not at all. */
  remainingDelay(now: number): number {
    return Math.max(this.#pausesUntil - now, 0);
  }
}
