/** Directories that could not be followed, and when to try them again. */

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
 * Directories that are not followed: by their permissions, for the length of
 * their paths, or because a limit was reached.
 *
 * Whether a directory may be read depends on every directory on its path: it is
 * tried again after one of them has changed its permissions or its place.
 *
 * Nothing reports that a limit was raised, or that another process released its
 * watches. So one of the directories that found no watch left is tried from time
 * to time, and the others after it has succeeded.
 */
export class UnfollowedDirectories {
  readonly #directories = new Set<Directory>();
  /** Those of them that found no watch left. */
  readonly #starved = new Set<Directory>();
  /** How many there may be before those that have left their trees are removed. */
  #maxSize = 1000;
  #pause = FIRST_PAUSE_MS;
  #due = Infinity;
  /** How many to try now. */
  #tries = 0;

  /** When the next one is to be tried, as `performance.now()` counts. */
  get due(): number {
    return this.#due;
  }

  /**
   * Adds `directory`, which is `starved` if it found no watch left; returns
   * whether it was not one of them before.
   */
  add(directory: Directory, starved: boolean): boolean {
    const isNew = !this.#directories.has(directory);
    this.#directories.add(directory);
    if (!starved) this.#feed(directory);
    else {
      this.#starved.add(directory);
      if (this.#due === Infinity) this.#due = performance.now() + this.#pause;
    }
    if (this.#directories.size > this.#maxSize) this.#prune();
    return isNew;
  }

  /** Removes `directory`, which is followed by now. */
  delete(directory: Directory): void {
    if (this.#directories.delete(directory)) this.#feed(directory);
  }

  /** Those that are `directory` or below it. */
  *within(directory: Directory): Generator<Directory, void> {
    for (const each of this.#directories) {
      if (!each.isRemoved && each.isWithin(directory)) yield each;
    }
  }

  /** Has `count` more of them tried, since so many watches were released. */
  addTries(count: number): void {
    this.#tries += count;
  }

  /** The directories without a watch to try at the time `now`. */
  take(now: number): Directory[] {
    if (now >= this.#due) {
      this.#tries++;
      this.#due = now + this.#pause;
      this.#pause = Math.min(2 * this.#pause, MAX_PAUSE_MS);
    }
    const taken: Directory[] = [];
    for (const directory of this.#starved) {
      if (taken.length >= this.#tries) break;
      if (directory.isRemoved) {
        this.#starved.delete(directory);
        continue;
      }
      taken.push(directory);
    }
    // The next time it is the turn of others.
    for (const directory of taken) {
      this.#starved.delete(directory);
      this.#starved.add(directory);
    }
    this.#tries = 0;
    if (this.#starved.size === 0) {
      this.#due = Infinity;
      this.#pause = FIRST_PAUSE_MS;
    }
    return taken;
  }

  /** There were watches enough, for `directory` at least. */
  #feed(directory: Directory): void {
    if (!this.#starved.delete(directory)) return;
    this.#pause = FIRST_PAUSE_MS;
    this.#tries += TRIES_PER_SUCCESS;
  }

  #prune(): void {
    for (const each of this.#directories) {
      if (each.isRemoved) this.#directories.delete(each);
    }
    this.#maxSize = Math.max(this.#maxSize, 2 * this.#directories.size);
  }
}
