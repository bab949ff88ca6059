/** How long a step of the trees works before others have their turn. */

/** The tree has its turn for longer than this; other code in between has its own. */
const SLICE_MS = 3;

/**
 * The time for one step. What takes longer is a generator that yields when the
 * slice is over, and goes on in the next step.
 */
export class Slice {
  #end = Infinity;

  /** Begins the time for a step. */
  begin(): void {
    this.#end = performance.now() + SLICE_MS;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }
}
