/**
 * Changes the tree to what is found at some names. A directory that is found at
 * another place has moved there, with everything below it.
 */

import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { TreeContext } from "./context.ts";
import { EntryMap } from "./entry_map.ts";
import type { Entry } from "./entries.ts";
import { Directory, type RootDirectory, UNWATCHED } from "./node.ts";
import type { WatchTree } from "./watch_tree.ts";

/** What is at a name: whether it is a directory, and its watch, if any. */
export interface Identity {
  readonly isDirectory: boolean;
  readonly wd: number;
}

/** The parts of a tree watcher that {@linkcode IdentityMatcher} needs. */
export interface IdentityMatcherParts {
  readonly tree: WatchTree;
  /** The entries in doubt, each with its last event. */
  readonly doubts: EntryMap<InotifyEvent | undefined>;
}

/** What was found at the names in doubt. */
type Found = EntryMap<Identity | undefined>;

/** The new place of a directory. */
interface Place {
  readonly parent: Directory;
  readonly name: string;
}

/** Applies what was found at the names in doubt. */
export class IdentityMatcher {
  readonly #context: TreeContext;
  readonly #parts: IdentityMatcherParts;
  /** Directories that were replaced and may be at another place. */
  readonly #displaced = new Set<Directory>();
  /** How many names were in doubt after the last {@linkcode apply}. */
  #lastSize = 0;

  constructor(context: TreeContext, parts: IdentityMatcherParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Whether any directory is displaced. */
  get hasDisplaced(): boolean {
    return this.#displaced.size > 0;
  }

  /** Removes `directory` from its place, until it is found. */
  displace(directory: Directory): void {
    const { parent, name } = directory;
    this.#parts.tree.links?.dropWithin(directory);
    if (parent!.entries.get(name) === directory) parent!.delete(name);
    this.#displaced.add(directory);
  }

  /** Returns whether `directory`, or one above it, is displaced. */
  isDisplaced(directory: Directory): boolean {
    if (this.#displaced.size === 0) return false;
    let at: Directory | undefined = directory;
    while (at && !this.#displaced.has(at)) at = at.parent;
    return at !== undefined;
  }

  /** Removes the displaced directories that were not found, or those of a tree. */
  dropDisplaced(root?: RootDirectory): void {
    for (const directory of this.#displaced) {
      if (root && directory.root !== root) continue;
      this.#parts.tree.drop(directory);
      this.#displaced.delete(directory);
    }
  }

  /**
   * Returns whether everything that matters was looked up. If a directory is found
   * at a new place, its old place matters as well.
   */
  isComplete(found: Found): boolean {
    const { doubts } = this.#parts;
    let isComplete = true;
    for (const [parent, , identity] of found) {
      const known = this.#known(identity, parent);
      if (!known?.parent || this.isDisplaced(known)) continue;
      if (found.has(known.parent, known.name)) continue;
      // The old place cannot be looked up if its parent is displaced.
      if (doubts.has(known.parent, known.name)) continue;
      doubts.set(known.parent, known.name, undefined);
      isComplete = false;
    }
    return isComplete;
  }

  /** Applies what was `found`; returns the entries that are not in doubt any more. */
  apply(found: Found): EntryMap<true> {
    const { doubts } = this.#parts;
    const settled = new EntryMap<true>();
    // A missing directory may be at a place that was not looked up yet. Until then
    // it keeps its old place, unless nothing else can be applied.
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

  /** Returns the directory with this identity in the tree of `other`. */
  #known(
    identity: Identity | undefined,
    other: Directory,
  ): Directory | undefined {
    if (!identity || identity.wd === UNWATCHED) return undefined;
    let at = this.#context.watches.get(identity.wd);
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
      // They exchange places. For the consumer, one of them moves out and in again.
      const free = moves.keys().find((directory) =>
        !this.isDisplaced(directory) && !hasOthers(moves, directory)
      );
      if (!free || isPartial) break;
      this.#parts.tree.foundGone(free.parent!, free.name);
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
    const { doubts, tree } = this.#parts;
    const replaced = parent.entries.get(name);
    const isDisplaced = this.isDisplaced(directory);
    // For the consumer, a move replaces what was at its target.
    if (isDisplaced && replaced !== undefined) tree.foundGone(parent, name);
    if (replaced instanceof Directory) this.displace(replaced);
    this.#displaced.delete(directory);
    if (isDisplaced) {
      tree.foundBack(directory, parent, name, doubts.get(parent, name));
    } else {
      tree.foundMoved(directory.parent!, directory.name, parent, name);
    }
  }

  // What else was found

  #applyEntries(
    found: Found,
    isPartial: boolean,
    settled: EntryMap<true>,
  ): void {
    const { doubts, tree } = this.#parts;
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
    this.#context.watches.attach(entry, wd);
    this.#context.scans.add(entry);
  }
}

/** Returns whether one of `moves` moves an entry out of `directory`. */
function hasOthers(
  moves: ReadonlyMap<Directory, Place>,
  directory: Directory,
  except = directory,
): boolean {
  return moves.keys().some((each) =>
    each !== except && each.isWithin(directory)
  );
}

/** Returns whether `entry` may be what was found. */
function fits(entry: Entry, { isDirectory, wd }: Identity): boolean {
  if (isDirectory !== (entry !== false)) return false;
  return !(entry instanceof Directory) || entry.wd === wd ||
    entry.wd === UNWATCHED || wd === UNWATCHED;
}
