/** Directories that found no watch left, and when to try them again. */

import type { Directory } from "./node.ts";

/**
 * How long to wait before the first try, in milliseconds; each further pause is
 * twice as long, up to the maximum.
 */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 16_000;

/** How many to try for each that was followed: most of them may fail again. */
const TRIES_PER_SUCCESS = 2;

/**
 * Directories that are not followed because a limit was reached.
 *
 * Nothing reports that a limit was raised, or that another process released its
 * watches. So one of the directories is tried from time to time, and the others
 * after it has succeeded.
 */
export class StarvedDirectories {
  readonly #directories = new Set<Directory>();
  #pause = FIRST_PAUSE_MS;
  #due = Infinity;
  /** How many to try now. */
  #tries = 0;

  /** When the next one is to be tried, as `performance.now()` counts. */
  get due(): number {
    return this.#due;
  }

  /** Adds `directory`, unless it is one of them already. */
  add(directory: Directory): void {
    this.#directories.add(directory);
    if (this.#due === Infinity) this.#due = performance.now() + this.#pause;
  }

  /** Removes `directory`: it is followed by now, or failed for another reason. */
  delete(directory: Directory): void {
    if (!this.#directories.delete(directory)) return;
    this.#pause = FIRST_PAUSE_MS;
    this.#tries += TRIES_PER_SUCCESS;
  }

  /** Has `count` more of them tried, since so many watches were released. */
  addTries(count: number): void {
    this.#tries += count;
  }

  /** The directories to try at the time `now`. */
  take(now: number): Directory[] {
    if (now >= this.#due) {
      this.#tries++;
      this.#due = now + this.#pause;
      this.#pause = Math.min(2 * this.#pause, MAX_PAUSE_MS);
    }
    const taken: Directory[] = [];
    for (const directory of this.#directories) {
      if (taken.length >= this.#tries) break;
      if (directory.isRemoved) {
        this.#directories.delete(directory);
        continue;
      }
      taken.push(directory);
    }
    // The next time it is the turn of others.
    for (const directory of taken) {
      this.#directories.delete(directory);
      this.#directories.add(directory);
    }
    this.#tries = 0;
    if (this.#directories.size === 0) {
      this.#due = Infinity;
      this.#pause = FIRST_PAUSE_MS;
    }
    return taken;
  }
}
