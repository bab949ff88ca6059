/** The directories that have to be scanned. */

import type { Directory } from "./node.ts";
import { SKIP_MODIFIED_CHECK } from "./scan.ts";

/** The directories to scan: new ones first. */
export class ScanQueue {
  /**
   * The new directories that were found in a listing, the next one last. A walk
   * continues in a directory before those beside it: then few wait at a time.
   */
  readonly #listed: Directory[] = [];
  /** The other new directories, and how many of them were taken. */
  #fresh: Directory[] = [];
  #taken = 0;
  #isListedNext = false;
  readonly #since = new Map<Directory, number | undefined>();
  // A new iterator would have to skip everything that was deleted before.
  #entries = this.#since.entries();

  get size(): number {
    return this.#listed.length + this.#fresh.length - this.#taken +
      this.#since.size;
  }

  /** Returns whether `root` or a directory below it is queued. */
  isWithin(root: Directory): boolean {
    if (this.#listed.some((directory) => directory.isWithin(root))) return true;
    for (let i = this.#taken; i < this.#fresh.length; i++) {
      if (this.#fresh[i]!.isWithin(root)) return true;
    }
    return this.#since.keys().some((directory) => directory.isWithin(root));
  }

  /** Adds `directory`, which was found in the listing of its parent. */
  addListed(directory: Directory): void {
    this.#listed.push(directory);
  }

  /** Adds `directory`, which is new in its tree. */
  addFresh(directory: Directory): void {
    this.#fresh.push(directory);
  }

  /** Adds `directory`, with {@linkcode Scan.since}. */
  add(directory: Directory, since?: number): void {
    const pending = this.#since.get(directory);
    const earlier = Math.min(
      since ?? pending ?? SKIP_MODIFIED_CHECK,
      pending ?? SKIP_MODIFIED_CHECK,
    );
    const isShallow = since === undefined && pending === undefined;
    this.#since.set(directory, isShallow ? undefined : earlier);
  }

  /** Returns the next directory that is still in its tree, and its `since`. */
  take(): readonly [Directory, number | undefined] | undefined {
    // While directories are created all the time, each group has its turn.
    this.#isListedNext = !this.#isListedNext;
    const directory = this.#isListedNext
      ? this.#takeListed() ?? this.#takeFresh()
      : this.#takeFresh() ?? this.#takeListed();
    if (directory) return [directory, undefined];
    while (this.#since.size > 0) {
      const { value } = this.#entries.next();
      if (value === undefined) this.#entries = this.#since.entries();
      else this.#since.delete(value[0]);
      if (value && !value[0].isRemoved) return value;
    }
  }

  #takeListed(): Directory | undefined {
    let directory: Directory | undefined;
    do directory = this.#listed.pop(); while (directory?.isRemoved);
    return directory;
  }

  #takeFresh(): Directory | undefined {
    while (this.#taken < this.#fresh.length) {
      const directory = this.#fresh[this.#taken++]!;
      // The list has to shrink even if it is never empty.
      if (this.#taken * 2 >= this.#fresh.length) {
        this.#fresh = this.#fresh.slice(this.#taken);
        this.#taken = 0;
      }
      if (!directory.isRemoved) return directory;
    }
  }
}
