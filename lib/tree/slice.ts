/** How long a step works before other tasks run. */

/** The tree has its turn for longer than this; other code in between has its own. */
const SLICE_MS = 3;

/**
 * The time of one step. Work that takes longer is a generator: it yields at the end
 * of the slice and continues in the next step.
 */
export class Slice {
  #end = Infinity;

  /** Begins the time of a step. */
  begin(): void {
    this.#end = performance.now() + SLICE_MS;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }
}
