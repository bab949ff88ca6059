/** How long a step works before other tasks run. */

/** In milliseconds. */
const SLICE_MS = 3;

/**
 * The time of one step. Work that takes longer is a generator: it yields at the end
 * of the slice and continues in the next step.
 */
export class Slice {
  #end = Infinity;

  /** Begins the time of a step. */
  begin(): void {
    // Most steps are short and never read the clock.
    this.#end = NaN;
  }

  /** Whether the time of the step is over, measured from the first use of this. */
  get isOver(): boolean {
    const now = performance.now();
    if (Number.isNaN(this.#end)) this.#end = now + SLICE_MS;
    return now >= this.#end;
  }
}
