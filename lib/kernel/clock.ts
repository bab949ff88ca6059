/** Notices that the system clock was set. */

/** How much the measured difference of the clocks may vary, in milliseconds. */
const TOLERANCE_MS = 5;

/** How long reading both clocks may take, in milliseconds, and how many tries to make. */
const MAX_READING_MS = 1;
const MAX_READINGS = 10;

/** Notices that the clock was set since the last {@linkcode restart}. */
export class ClockMonitor {
  #offset = readOffset();

  /** Begins a new interval. */
  restart(): void {
    this.#offset = readOffset();
  }

  /**
   * Returns whether the clock was set since the last {@linkcode restart}. A clock
   * that was set and then set back exactly is not noticed.
   */
  get wasSet(): boolean {
    return Math.abs(readOffset() - this.#offset) > TOLERANCE_MS;
  }
}

/** Returns how far the clock is ahead of the monotonic clock. */
function readOffset(): number {
  let offset = 0;
  let shortest = Infinity;
  for (let i = 0; i < MAX_READINGS && shortest > MAX_READING_MS; i++) {
    const start = performance.now();
    const date = Date.now();
    const duration = performance.now() - start;
    // The process may be interrupted between both readings.
    if (duration < shortest) [shortest, offset] = [duration, date - start];
  }
  return offset;
}
