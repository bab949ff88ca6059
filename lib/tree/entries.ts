/** What is known of the entries of a directory. */

import { type Inode, Listing, type Position } from "../kernel/listing.ts";
import { joinPath } from "../kernel/byte_path.ts";
import type { Directory } from "./node.ts";

/**
 * What a directory knows of an entry: the {@linkcode Directory} that is
 * followed, or for any other entry whether it is a directory.
 */
export type Entry = Directory | boolean;

/**
 * The last listing of a directory, and what has changed since.
 *
 * Of a large tree most names are never asked for: they stay in the bytes of the
 * listing, and so do those that a filter may exclude, which is asked about a
 * file when that is looked up.
 */
export class Entries {
  /** The entries of every directory that has none. */
  static readonly NONE: Entries = new Entries(undefined);

  readonly #directory: Directory | undefined;
  #listing = Listing.EMPTY;
  /**
   * The directories that are followed, and every entry that is not as in the
   * listing: `null` is one that is gone or excluded.
   */
  #changes: Map<string, Entry | null> | undefined;
  /** Whether anything was set or deleted since the listing. */
  #isChanged = false;
  /** Where the filters were asked about the listing, if that was elsewhere. */
  #listedAt: string | undefined;

  constructor(directory: Directory | undefined) {
    this.#directory = directory;
  }

  /** Whether nothing is known, excluded entries included. */
  get isEmpty(): boolean {
    return this.#listing.size === 0 && !this.#changes?.size;
  }

  get(name: string): Entry | undefined {
    const changed = this.#changes?.get(name);
    if (changed !== undefined) return changed ?? undefined;
    const at = this.#listing.find(name);
    if (at < 0) return undefined;
    const isDirectory = this.#listing.isDirectoryAt(at);
    return this.#isExcluded(name, isDirectory) ? undefined : isDirectory;
  }

  /**
   * The inode of the entry `name` as it was listed (`d_ino`), if nothing has
   * taken its place since. On a few file systems, such as some overlays, that is
   * another number than what statx(2) gives.
   */
  inodeOf(name: string): Inode | undefined {
    if (this.#changes?.get(name) === null) return undefined;
    return this.#listing.inodeOf(name) || undefined;
  }

  /** The names of all entries, and what is known of each. */
  *[Symbol.iterator](): Generator<[name: string, entry: Entry], void> {
    if (this.#changes) {
      for (const [name, entry] of this.#changes) {
        if (entry !== null) yield [name, entry];
      }
    }
    for (const [name, isDirectory] of this.#listing) {
      if (this.#changes?.has(name)) continue;
      if (!this.#isExcluded(name, isDirectory)) yield [name, isDirectory];
    }
  }

  /**
   * The names of those that `listing` lacks. Yields `undefined` now and then,
   * for whoever does not have the time to find them all at once.
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
      if (!this.#isExcluded(name, own.isDirectoryAt(at))) yield name;
    }
  }

  /** The directories that are followed. */
  *directories(): Generator<Directory, void> {
    if (!this.#changes) return;
    for (const entry of this.#changes.values()) {
      if (isFollowed(entry)) yield entry;
    }
  }

  set(name: string, entry: Entry): void {
    this.#isChanged = true;
    this.#listing.forgetInodeOf(name);
    this.#change(name, entry);
  }

  delete(name: string): void {
    this.#isChanged = true;
    if (this.#listing.forgetInodeOf(name)) this.#change(name, null);
    else this.#changes?.delete(name);
  }

  // Listings

  /** Takes over `listing`, which has all directories that are followed. */
  list(listing: Listing): void {
    this.#listing = listing;
    this.#isChanged = false;
    this.#listedAt = undefined;
    if (!this.#changes) return;
    const followed = [...this.#changes].filter(([, each]) => isFollowed(each));
    this.#changes = followed.length > 0 ? new Map(followed) : undefined;
  }

  /** Sets what is to be known of an entry that was just listed. */
  setListed(name: string, entry: Entry | null): void {
    this.#change(name, entry);
  }

  /** Whether nothing came or went since, and `listing` says the same. */
  equals(listing: Listing): boolean {
    return !this.#isChanged && this.#listing.equals(listing);
  }

  /**
   * Whether the entry of `listing` at `position` is a file that is known; it may
   * return `false` for one that is. The name is not decoded for that.
   */
  isKnownFile(listing: Listing, position: Position): boolean {
    if (this.#directory?.root.excludes) return false;
    if (listing.isDirectoryAt(position)) return false;
    const own = this.#listing;
    const known = own.findSame(listing, position);
    // What was set or deleted has no inode there any more.
    return known >= 0 && !own.isDirectoryAt(known) && own.inodeAt(known) !== 0;
  }

  /** The directory is about to be moved: filters were asked at its old path. */
  leave(): void {
    this.#listedAt ??= this.#directory?.path;
  }

  /** Does a part of what the first lookup would do; `false` if nothing is left. */
  prepare(): boolean {
    return this.#listing.prepare();
  }

  #change(name: string, entry: Entry | null): void {
    this.#changes ??= new Map();
    this.#changes.set(name, entry);
  }

  #isExcluded(name: string, isDirectory: boolean): boolean {
    const excludes = this.#directory?.root.excludes;
    if (!excludes) return false;
    const path = this.#listedAt ?? this.#directory!.path;
    const isExcluded = excludes(joinPath(path, name), isDirectory);
    // Each is asked about once.
    this.#change(name, isExcluded ? null : isDirectory);
    return isExcluded;
  }
}

function isFollowed(entry: Entry | null): entry is Directory {
  return typeof entry === "object" && entry !== null;
}
