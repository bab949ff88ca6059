/** Whether somebody has set the clock of the machine. */

/** By how much the difference of the two clocks may seem to vary, in milliseconds. */
const TOLERANCE_MS = 5;

/** How long reading both clocks may take, in milliseconds, and how often to try. */
const MAX_READING_MS = 1;
const MAX_READINGS = 10;

/** Notices that the clock was set since it was last asked. */
export class ClockMonitor {
  #offset = readOffset();

  /** Forgets what was before. */
  restart(): void {
    this.#offset = readOffset();
  }

  /**
   * Whether the clock was set since the last {@linkcode restart}. It is not
   * noticed if it was set back meanwhile to the exact time again.
   */
  get wasSet(): boolean {
    return Math.abs(readOffset() - this.#offset) > TOLERANCE_MS;
  }
}

/** By how much the clock is ahead of the one that nobody sets. */
function readOffset(): number {
  let offset = 0;
  let shortest = Infinity;
  for (let i = 0; i < MAX_READINGS && shortest > MAX_READING_MS; i++) {
    const start = performance.now();
    const date = Date.now();
    const duration = performance.now() - start;
    // The process may be interrupted in between.
    if (duration < shortest) [shortest, offset] = [duration, date - start];
  }
  return offset;
}
