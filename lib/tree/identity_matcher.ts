/**
 * Brings the tree to what is found at some names: a directory that is found at
 * another place than it was known at has moved there, with all that lies below.
 */

import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { EntryMap } from "./entry_map.ts";
import type { Entry } from "./entries.ts";
import { Directory, UNWATCHED } from "./node.ts";
import type { ScanQueue } from "./scan_queue.ts";
import type { WatchTable } from "./watch_table.ts";
import type { WatchTree } from "./watch_tree.ts";

/** What is at a name: whether it is a directory, and its watch if it has one. */
export interface Identity {
  readonly isDirectory: boolean;
  readonly wd: number;
}

/** What {@linkcode IdentityMatcher} changes. */
export interface IdentityMatcherOptions {
  readonly watches: WatchTable;
  readonly scans: ScanQueue;
  readonly tree: WatchTree;
  /** The entries in doubt, each with the last event about it. */
  readonly doubts: EntryMap<InotifyEvent | undefined>;
}

/** What was found at the names in doubt. */
type Found = EntryMap<Identity | undefined>;

/** Where a directory is to go. */
interface Place {
  readonly parent: Directory;
  readonly name: string;
}

/** Changes the tree to what was found at names in doubt. */
export class IdentityMatcher {
  readonly #options: IdentityMatcherOptions;
  /** Directories in whose place others came, and which may be elsewhere. */
  readonly #displaced = new Set<Directory>();
  /** How many names were in doubt after the last {@linkcode apply}. */
  #lastSize = 0;

  constructor(options: IdentityMatcherOptions) {
    this.#options = options;
  }

  /** Takes `directory` out of its place. */
  displace(directory: Directory): void {
    const { parent, name } = directory;
    if (parent!.entries.get(name) === directory) parent!.delete(name);
    this.#displaced.add(directory);
  }

  /** Whether `directory` is displaced, or below such a one. */
  isDisplaced(directory: Directory): boolean {
    if (this.#displaced.size === 0) return false;
    let at: Directory | undefined = directory;
    while (at && !this.#displaced.has(at)) at = at.parent;
    return at !== undefined;
  }

  /** Those that were not found anywhere have gone. */
  dropDisplaced(): void {
    for (const directory of this.#displaced) this.#options.tree.drop(directory);
    this.#displaced.clear();
  }

  /**
   * Whether the disk was asked about everything that matters: where a directory
   * is found, it matters whether it still is at the place that it was known at.
   */
  isComplete(found: Found): boolean {
    const { doubts } = this.#options;
    let isComplete = true;
    for (const [parent, , identity] of found) {
      const known = this.#known(identity, parent);
      if (!known?.parent || this.isDisplaced(known)) continue;
      if (found.has(known.parent, known.name)) continue;
      // Nothing can be found there if its parent is not at its place.
      if (doubts.has(known.parent, known.name)) continue;
      doubts.set(known.parent, known.name, undefined);
      isComplete = false;
    }
    return isComplete;
  }

  /** Applies what was `found`, and returns what is in doubt no longer. */
  apply(found: Found): EntryMap<true> {
    const { doubts } = this.#options;
    const settled = new EntryMap<true>();
    // A directory that has gone may be where the disk could not be asked yet. It
    // keeps its place until then, unless nothing else can be done.
    const isPartial = [...doubts].some(([parent, name]) =>
      !found.has(parent, name)
    );
    const hasMoved = this.#applyMoves(found, isPartial);
    this.#applyEntries(found, isPartial, settled);
    if (isPartial && !hasMoved && doubts.size >= this.#lastSize) {
      this.#applyMoves(found, false);
      this.#applyEntries(found, false, settled);
    }
    this.#lastSize = doubts.size;
    const isOver = doubts.directories().every((each) => this.isDisplaced(each));
    if (isOver) this.dropDisplaced();
    return settled;
  }

  /** The directory with this identity in the tree that `other` is in. */
  #known(
    identity: Identity | undefined,
    other: Directory,
  ): Directory | undefined {
    if (!identity || identity.wd === UNWATCHED) return undefined;
    let at = this.#options.watches.get(identity.wd);
    while (at && at.root !== other.root) at = at.nextAlias;
    return at;
  }

  // Directories that were found at another place

  #applyMoves(found: Found, isPartial: boolean): boolean {
    const moves = new Map<Directory, Place>();
    for (const [parent, name, identity] of found) {
      const known = this.#known(identity, parent);
      if (!known?.parent || moves.has(known) || parent.isRemoved) continue;
      const isThere = !this.isDisplaced(known) &&
        found.get(known.parent, known.name)?.wd === known.wd;
      if (!isThere) moves.set(known, { parent, name });
    }
    let hasMoved = false;
    while (moves.size > 0) {
      const next = moves.keys().find((directory) =>
        this.#canMove(directory, moves, isPartial)
      );
      if (next) {
        this.#move(next, moves.get(next)!);
        moves.delete(next);
        hasMoved = true;
        continue;
      }
      // They change places: to the consumer, one of them goes and comes back.
      const free = moves.keys().find((directory) =>
        !this.isDisplaced(directory) && !hasOthers(moves, directory)
      );
      if (!free || isPartial) break;
      this.#options.tree.foundGone(free.parent!, free.name);
      this.displace(free);
    }
    return hasMoved;
  }

  #canMove(
    directory: Directory,
    moves: ReadonlyMap<Directory, Place>,
    isPartial: boolean,
  ): boolean {
    const { parent, name } = moves.get(directory)!;
    if (parent.isWithin(directory) || this.isDisplaced(parent)) return false;
    const replaced = parent.entries.get(name);
    if (!(replaced instanceof Directory)) return true;
    return !isPartial && !hasOthers(moves, replaced, directory);
  }

  #move(directory: Directory, { parent, name }: Place): void {
    const { doubts, tree } = this.#options;
    const replaced = parent.entries.get(name);
    const isDisplaced = this.isDisplaced(directory);
    // To the consumer, a move takes away what was there; nothing else does.
    if (isDisplaced && replaced !== undefined) tree.foundGone(parent, name);
    if (replaced instanceof Directory) this.displace(replaced);
    this.#displaced.delete(directory);
    if (isDisplaced) {
      tree.foundBack(directory, parent, name, doubts.get(parent, name));
    } else tree.foundMoved(directory, parent, name);
  }

  // What else was found

  #applyEntries(
    found: Found,
    isPartial: boolean,
    settled: EntryMap<true>,
  ): void {
    const { doubts, tree } = this.#options;
    for (const [parent, name, identity] of found) {
      if (parent.isRemoved || this.isDisplaced(parent)) continue;
      if (settled.has(parent, name)) continue;
      const last = doubts.get(parent, name);
      const isThere = identity !== undefined &&
        !tree.excludes(parent, name, identity.isDirectory);
      const known = parent.entries.get(name);
      const isSame = known !== undefined && isThere && fits(known, identity);
      if (known !== undefined && !isSame) {
        if (isPartial && known instanceof Directory) continue;
        tree.foundGone(parent, name, last);
        if (known instanceof Directory) this.displace(known);
      }
      doubts.delete(parent, name);
      settled.set(parent, name, true);
      if (!isThere) continue;
      if (!isSame) tree.foundThere(parent, name, identity.isDirectory, last);
      else if (known === false && last) tree.foundReplaced(parent, name, last);
      this.#attach(parent.entries.get(name), identity.wd);
    }
  }

  #attach(entry: Entry | undefined, wd: number): void {
    if (!(entry instanceof Directory) || wd === UNWATCHED) return;
    if (entry.wd === wd) return;
    this.#options.watches.attach(entry, wd);
    this.#options.scans.add(entry);
  }
}

/** Whether one of `moves` takes something out of `directory`. */
function hasOthers(
  moves: ReadonlyMap<Directory, Place>,
  directory: Directory,
  except = directory,
): boolean {
  return moves.keys().some((each) =>
    each !== except && each.isWithin(directory)
  );
}

/** Whether `entry` may be what was found. */
function fits(entry: Entry, { isDirectory, wd }: Identity): boolean {
  if (isDirectory !== (entry !== false)) return false;
  return !(entry instanceof Directory) || entry.wd === wd ||
    entry.wd === UNWATCHED || wd === UNWATCHED;
}
