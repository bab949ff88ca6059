/** The directories that could not be followed, and when to try them again. */

import type { Directory } from "./node.ts";

/**
 * The time before the first try, in milliseconds. Each further pause is twice as
 * long, up to the maximum.
 */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 16_000;

/** How many to try after each success: most of them may fail again. */
const TRIES_PER_SUCCESS = 2;

/**
 * Directories that are not followed, because of their permissions, the length of
 * their paths, or a limit.
 *
 * Whether a directory may be read depends on every directory on its path. So it is
 * tried again when one of them changes its permissions or its place.
 *
 * No event reports that a limit was raised, or that another process released its
 * watches. So one of the directories that found no watch left is tried from time
 * to time, and the others after it has succeeded.
 */
export class UnfollowedDirectories {
  /** The time from which files in each directory may be modified: `Scan.since`. */
  readonly #directories = new Map<Directory, number | undefined>();
  /** The directories that found no watch left. */
  readonly #starved = new Set<Directory>();
  /** The size at which to remove directories that are not in a tree any more. */
  #maxSize = 1000;
  #pause = FIRST_PAUSE_MS;
  #due = Infinity;
  /** How many to try now. */
  #tries = 0;

  /** When to try the next one, in milliseconds of `performance.now()`. */
  get due(): number {
    return this.#due;
  }

  /**
   * Adds `directory`, which is `starved` if it found no watch left. Returns whether
   * it is new.
   */
  add(directory: Directory, starved: boolean, since?: number): boolean {
    const isNew = !this.#directories.has(directory);
    const earlier = this.#directories.get(directory);
    this.#directories.set(directory, earliest(since, earlier));
    if (!starved) this.#feed(directory);
    else {
      this.#starved.add(directory);
      if (this.#due === Infinity) this.#due = performance.now() + this.#pause;
    }
    if (this.#directories.size > this.#maxSize) this.#prune();
    return isNew;
  }

  /** Removes `directory`, which is followed now. */
  delete(directory: Directory): void {
    if (this.#directories.delete(directory)) this.#feed(directory);
  }

  /** Iterates over `directory` and those below it. */
  *within(directory: Directory): Generator<Directory, void> {
    for (const each of this.#directories.keys()) {
      if (!each.isRemoved && each.isWithin(directory)) yield each;
    }
  }

  /** Returns the time from which files in `directory` may be modified. */
  sinceOf(directory: Directory): number | undefined {
    return this.#directories.get(directory);
  }

  /** Tries `count` more of them, because this many watches were released. */
  addTries(count: number): void {
    this.#tries += count;
  }

  /** Returns the directories without a watch to try at the time `now`. */
  take(now: number): Directory[] {
    const isDue = now >= this.#due;
    if (isDue) {
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
    // Watches go to the directories in the order in which they were found. But a
    // directory whose server does not answer must not be the only one to try.
    const [first] = taken;
    if (isDue && first) {
      this.#starved.delete(first);
      this.#starved.add(first);
    }
    this.#tries = 0;
    if (this.#starved.size === 0) {
      this.#due = Infinity;
      this.#pause = FIRST_PAUSE_MS;
    }
    return taken;
  }

  /** Called when `directory` got a watch. */
  #feed(directory: Directory): void {
    if (!this.#starved.delete(directory)) return;
    this.#pause = FIRST_PAUSE_MS;
    this.#tries += TRIES_PER_SUCCESS;
  }

  #prune(): void {
    for (const each of this.#directories.keys()) {
      if (each.isRemoved) this.#directories.delete(each);
    }
    this.#maxSize = Math.max(this.#maxSize, 2 * this.#directories.size);
  }
}

function earliest(a?: number, b?: number): number | undefined {
  return a === undefined || b === undefined ? a ?? b : Math.min(a, b);
}
