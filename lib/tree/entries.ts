/** The known entries of a directory. */

import { type Inode, Listing, type Position } from "../kernel/listing.ts";
import { joinPath } from "../kernel/byte_path.ts";
import type { Directory, Epoch, PathTest } from "./node.ts";

/**
 * A known entry: a {@linkcode Directory} that is followed, or for any other entry
 * whether it is a directory.
 */
export type Entry = Directory | boolean;

const NO_DIRECTORIES: Directory[] = [];

/**
 * The last listing of a directory, and the changes since then.
 *
 * Most names of a large tree are never used: they stay in the bytes of the listing.
 * A file that a filter may exclude also stays there: the filter is called when the
 * file is looked up.
 */
export class Entries {
  /** The entries of an empty directory. */
  static readonly NONE: Entries = new Entries(undefined);

  readonly #directory: Directory | undefined;
  #listing = Listing.EMPTY;
  /**
   * The followed directories that are in the listing, in its order. Each knows its
   * position, because a map by name would take more memory than they do.
   */
  #followed: Directory[] = NO_DIRECTORIES;
  /**
   * Every other directory that is followed, and every entry that differs from the
   * listing: `null` is an entry that is gone or excluded.
   */
  #changes: Map<string, Entry | null> | undefined;
  /** Whether an entry was set or deleted since the listing. */
  #isChanged = false;
  /** The path and the filter at the time of the listing, if they have changed. */
  #listedAt: { path: string; filter: PathTest | undefined } | undefined;

  /** The path of the directory, which is right until the end of the epoch. */
  path = "";
  epoch: Epoch | undefined;

  constructor(directory: Directory | undefined) {
    this.#directory = directory;
  }

  /** Whether no entry is known, not even an excluded one. */
  get isEmpty(): boolean {
    return this.#listing.size === 0 && !this.#changes?.size;
  }

  get(name: string): Entry | undefined {
    const changed = this.#changes?.get(name);
    if (changed !== undefined) return changed ?? undefined;
    const at = this.#listing.find(name);
    if (at < 0) return undefined;
    const followed = this.#followedAt(at);
    if (followed) return followed;
    const isDirectory = this.#listing.isDirectoryAt(at);
    return this.#isExcluded(name, isDirectory) ? undefined : isDirectory;
  }

  /** Returns the name at `position` in the listing. */
  nameAt(position: Position): string {
    return this.#listing.nameAt(position);
  }

  /**
   * Returns the listed inode of the entry `name` (`d_ino`), if the entry was not
   * replaced since. On a few file systems, such as some overlays, statx(2) returns
   * another number.
   */
  inodeOf(name: string): Inode | undefined {
    if (this.#changes?.get(name) === null) return undefined;
    return this.#listing.inodeOf(name) || undefined;
  }

  /** Iterates over the names and the entries. */
  *[Symbol.iterator](): Generator<[name: string, entry: Entry], void> {
    if (this.#changes) {
      for (const [name, entry] of this.#changes) {
        if (entry !== null) yield [name, entry];
      }
    }
    const own = this.#listing;
    for (let at = own.start; at < own.end; at = own.after(at)) {
      const name = own.nameAt(at);
      if (this.#changes?.has(name)) continue;
      const followed = this.#followedAt(at);
      const isDirectory = own.isDirectoryAt(at);
      if (followed) yield [name, followed];
      else if (!this.#isExcluded(name, isDirectory)) yield [name, isDirectory];
    }
  }

  /**
   * Yields the names that are not in `listing`. Now and then yields `undefined`,
   * for a caller that cannot wait for all of them.
   */
  *missingIn(listing: Listing): Generator<string | undefined, void> {
    while (listing.prepare()) yield undefined;
    if (this.#changes) {
      for (const [name, entry] of this.#changes) {
        if (entry !== null && listing.find(name) < 0) yield name;
      }
    }
    const own = this.#listing;
    let count = 0;
    for (let at = own.start; at < own.end; at = own.after(at)) {
      if (++count % 1000 === 0) yield undefined;
      if (listing.findSame(own, at) >= 0) continue;
      const name = own.nameAt(at);
      if (this.#changes?.has(name)) continue;
      const isExcluded = !this.#followedAt(at) &&
        this.#isExcluded(name, own.isDirectoryAt(at));
      if (!isExcluded) yield name;
    }
  }

  /** Iterates over the directories that are followed. */
  *directories(): Generator<Directory, void> {
    yield* this.#followed;
    if (!this.#changes) return;
    for (const entry of this.#changes.values()) {
      if (isFollowed(entry)) yield entry;
    }
  }

  set(name: string, entry: Entry): void {
    this.#forgetListed(name);
    this.#change(name, entry);
  }

  delete(name: string): void {
    if (this.#forgetListed(name)) this.#change(name, null);
    else this.#changes?.delete(name);
  }

  // Listings

  /** Sets the listing, which has all directories that are followed. */
  list(listing: Listing): void {
    const followed = [...this.directories()];
    for (const each of followed) each.setName(each.name);
    this.#listing = listing;
    this.#isChanged = false;
    this.#listedAt = undefined;
    this.#changes = undefined;
    this.#followed = NO_DIRECTORIES;
    for (const each of followed) {
      const { name } = each;
      const at = listing.find(name);
      if (at >= 0 && listing.isDirectoryAt(at)) {
        each.setName(at);
        this.follow(each);
      } else this.#change(name, each);
    }
    this.#followed.sort((a, b) => a.position - b.position);
  }

  /** Adds a directory, whose position in the listing is after the others. */
  follow(directory: Directory): void {
    if (this.#followed.length > 0) this.#followed.push(directory);
    else this.#followed = [directory];
  }

  /** Excludes an entry that was just listed. */
  exclude(name: string): void {
    this.#change(name, null);
  }

  /** Returns whether nothing has changed and `listing` has the same entries. */
  equals(listing: Listing): boolean {
    return !this.#isChanged && this.#listing.equals(listing);
  }

  /**
   * Returns whether the entry of `listing` at `position` is a known file, without
   * decoding its name. It may return `false` for a known file.
   */
  isKnownFile(listing: Listing, position: Position): boolean {
    if (this.#filter || this.#directory?.filter) return false;
    if (listing.isDirectoryAt(position)) return false;
    const own = this.#listing;
    const known = own.findSame(listing, position);
    // Entries that were set or deleted have lost their inode in the listing.
    return known >= 0 && !own.isDirectoryAt(known) && own.inodeAt(known) !== 0;
  }

  /**
   * Called before the directory moves or its filter changes: what is known of its
   * entries was decided by the old path and the old filter.
   */
  freezeFilter(): void {
    // Empty directories share one object.
    if (!this.#directory) return;
    const { path, filter } = this.#directory;
    this.#listedAt ??= { path, filter };
  }

  /** Does a part of the work of the first lookup; `false` if nothing is left. */
  prepare(): boolean {
    return this.#listing.prepare();
  }

  #change(name: string, entry: Entry | null): void {
    this.#changes ??= new Map();
    this.#changes.set(name, entry);
  }

  /** Called before an entry changes. Returns whether the listing has its name. */
  #forgetListed(name: string): boolean {
    this.#isChanged = true;
    const at = this.#listing.find(name);
    if (at < 0) return false;
    this.#listing.forgetInodeAt(at);
    if (this.#followedAt(at)) {
      const [directory] = this.#followed.splice(this.#indexOf(at), 1);
      directory!.setName(name);
    }
    return true;
  }

  #followedAt(at: Position): Directory | undefined {
    const directory = this.#followed[this.#indexOf(at)];
    return directory?.position === at ? directory : undefined;
  }

  /** Returns the index of the first followed directory that is not before `at`. */
  #indexOf(at: Position): number {
    let [low, high] = [0, this.#followed.length];
    while (low < high) {
      const middle = low + high >> 1;
      if (this.#followed[middle]!.position < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get #filter(): PathTest | undefined {
    return this.#listedAt ? this.#listedAt.filter : this.#directory?.filter;
  }

  #isExcluded(name: string, isDirectory: boolean): boolean {
    const filter = this.#filter;
    if (!filter) return false;
    const { path } = this.#listedAt ?? this.#directory!;
    const isExcluded = filter(joinPath(path, name), isDirectory);
    // The filter is called once for each file.
    this.#change(name, isExcluded ? null : isDirectory);
    return isExcluded;
  }
}

function isFollowed(entry: Entry | null): entry is Directory {
  return typeof entry === "object" && entry !== null;
}
