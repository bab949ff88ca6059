/** The directories that have to be scanned. */

import type { Directory } from "./node.ts";
import { SKIP_MODIFIED_CHECK } from "./scan.ts";

/** The directories to scan: new ones first, and both in the order of adding. */
export class ScanQueue {
  /** The new directories, and how many of them were taken. */
  #fresh: Directory[] = [];
  #taken = 0;
  readonly #since = new Map<Directory, number | undefined>();
  // A new iterator would have to skip everything that was deleted before.
  #entries = this.#since.entries();

  get size(): number {
    return this.#fresh.length - this.#taken + this.#since.size;
  }

  /** Returns whether `root` or a directory below it is queued. */
  isWithin(root: Directory): boolean {
    for (let i = this.#taken; i < this.#fresh.length; i++) {
      if (this.#fresh[i]!.isWithin(root)) return true;
    }
    return this.#since.keys().some((directory) => directory.isWithin(root));
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
    while (this.#taken < this.#fresh.length) {
      const directory = this.#fresh[this.#taken++]!;
      // The list has to shrink even if it is never empty.
      if (this.#taken * 2 >= this.#fresh.length) {
        this.#fresh = this.#fresh.slice(this.#taken);
        this.#taken = 0;
      }
      if (!directory.isRemoved) return [directory, undefined];
    }
    while (this.#since.size > 0) {
      const { value } = this.#entries.next();
      if (value === undefined) this.#entries = this.#since.entries();
      else this.#since.delete(value[0]);
      if (value && !value[0].isRemoved) return value;
    }
  }
}
