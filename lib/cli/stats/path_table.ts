/** A table with an entry for each path, of a bounded size. */

/** The path of the entry for all paths whose own entries were removed. */
export const OTHERS = "(other paths)";

/** How many paths to keep, and how many UTF-16 code units they may have together. */
const MAX_PATHS = 100_000;
const MAX_LENGTH = 16 * 1024 * 1024;

/** The operations of a {@linkcode PathTable} on its entries. */
export interface EntryType<T> {
  create(path: string): T;
  /** Returns how many events it counts. */
  total(entry: T): number;
  /** Adds the events of `entry` to `sum`. */
  add(sum: T, entry: T): void;
}

/**
 * Entries by path. Any writer in the tree can create an unlimited number of paths. So if there are too many, the half with the fewest events becomes one entry.
 */
export class PathTable<T> {
  readonly #type: EntryType<T>;
  readonly #maxPaths: number;
  #entries = new Map<string, T>();
  #length = 0;
  #droppedCount = 0;

  constructor(type: EntryType<T>, maxPaths: number = MAX_PATHS) {
    this.#type = type;
    this.#maxPaths = maxPaths;
  }

  /** The entries, with {@linkcode OTHERS} as the last one. */
  get entries(): ReadonlyMap<string, T> {
    return this.#entries;
  }

  /** How many paths there were. A path whose entry was dropped may count again. */
  get pathCount(): number {
    const own = this.#entries.size - (this.#droppedCount > 0 ? 1 : 0);
    return own + this.#droppedCount;
  }

  /** Returns the entry of `path`, and creates it if there is none. */
  get(path: string): T {
    const known = this.#entries.get(path);
    if (known !== undefined) return known;
    const isFull = this.#entries.size >= this.#maxPaths ||
      this.#length + path.length > MAX_LENGTH && this.#entries.size > 1;
    if (isFull) this.#shrink();
    const entry = this.#type.create(path);
    this.#entries.set(path, entry);
    this.#length += path.length;
    return entry;
  }

  #shrink(): void {
    const { create, total, add } = this.#type;
    const others = this.#entries.get(OTHERS) ?? create(OTHERS);
    this.#entries.delete(OTHERS);
    const entries = [...this.#entries]
      .sort(([, a], [, b]) => total(b) - total(a));
    const kept = entries.slice(0, entries.length >> 1);
    const dropped = entries.slice(kept.length);
    for (const [, entry] of dropped) add(others, entry);
    this.#droppedCount += dropped.length;
    this.#entries = new Map(kept).set(OTHERS, others);
    this.#length = kept.reduce((sum, [path]) => sum + path.length, 0);
  }
}
