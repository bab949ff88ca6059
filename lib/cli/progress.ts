/** How far a long walk has come, on a line that does not stay. */

import { countOf } from "./count.ts";
import { noteBriefly } from "./output.ts";

/** After how long the line appears, in milliseconds. */
const PATIENCE = 500;

/** How often it changes, in milliseconds. */
const INTERVAL = 100;

/** Shows how many directories are watched, on a terminal, from a while on. */
export class Progress implements Disposable {
  #due: number;
  #isShown = false;

  constructor(isWanted: boolean) {
    this.#due = isWanted && Deno.stderr.isTerminal()
      ? performance.now() + PATIENCE
      : Infinity;
  }

  /** Takes how many there are by now. */
  report(directories: number): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + INTERVAL;
    this.#isShown = true;
    const count = countOf(directories, "directory", "directories");
    noteBriefly(`Watching ${count} so far`);
  }

  /** Clears the line. */
  [Symbol.dispose](): void {
    if (this.#isShown) noteBriefly("");
  }
}
