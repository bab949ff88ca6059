/**
 * Changes the tree to what scans found, and emits the difference.
 *
 * A scan opens the path that the tree has for a directory. If an event that is read
 * after the scan changes a directory on this path, the scan may be of another
 * directory. It is repeated once the tree has caught up.
 *
 * The events that are read after a scan are applied after it: {@linkcode scan} says
 * why.
 */

import type { SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Position } from "../kernel/listing.ts";
import { WatchLimitError } from "../kernel/limit_error.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import type { CaselessDirectories } from "./caseless_directories.ts";
import type { TreeContext } from "./context.ts";
import type { Doubts } from "./doubts.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { WatchTree } from "./watch_tree.ts";
import type { RemoteScans } from "./remote_scans.ts";
import { isNotFound, type Scan, SKIP_MODIFIED_CHECK } from "./scan.ts";
import { Directory, type RootDirectory, UNWATCHED } from "./node.ts";

/** The parts of a tree watcher that {@linkcode Reconciler} needs. */
export interface ReconcilerParts {
  readonly tree: WatchTree;
  readonly caseless: CaselessDirectories;
  readonly doubts: Doubts;
  readonly lostMoves: LostMoves;
  readonly remote: RemoteScans;
  /** Returns whether another directory may be at the path of `directory`. */
  readonly isUnclear: (directory: Directory) => boolean;
  /** Returns whether `error` makes adding the root of `directory` fail. */
  readonly isRequired: (directory: Directory, error: SystemError) => boolean;
}

/** A scan of a root that failed. */
export interface LostRoot {
  readonly root: RootDirectory;
  readonly error: SystemError;
}

/** What could not be scanned. */
export interface Failures {
  readonly lost: readonly LostRoot[];
  /** The roots of directories that may not be read. */
  readonly denied: readonly RootDirectory[];
}

/** Returns the roots whose paths may lead to another directory after an event. */
export type RootsAt = (event: InotifyEvent) => readonly RootDirectory[];

const NO_SCANS: ReadonlySet<Scan> = new Set();

/** Changes a tree to what scans found. */
export class Reconciler {
  readonly #context: TreeContext;
  readonly #parts: ReconcilerParts;
  /** The directories that were not found once. */
  readonly #notFoundOnce = new WeakSet<Directory>();

  constructor(context: TreeContext, parts: ReconcilerParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Changes the tree to what `scans` found. `events` were read after the scans.
   * Yields at the end of a slice, and returns what could not be scanned.
   */
  *applyScans(
    scans: readonly Scan[],
    events: readonly InotifyEvent[],
    rootsAt: RootsAt,
  ): Generator<void, Failures> {
    const { remote, isUnclear } = this.#parts;
    remote.note(events, (event) => this.#changedBy(event, rootsAt));
    const lost: LostRoot[] = [];
    const denied: RootDirectory[] = [];
    if (scans.length === 0) return { lost, denied };
    // Found out for all of them, before the first one changes the tree.
    const invalid = events.length > 0
      ? yield* this.#invalidScans(scans, events, rootsAt)
      : NO_SCANS;
    const { watches } = this.#context;
    using _ = watches.deferReleases();
    for (const scan of scans) {
      const { directory, since, wd, error } = scan;
      if (directory.isRemoved) {
        // An earlier one of the scans has found that the directory is gone.
      } else if (invalid.has(scan) || isUnclear(directory)) {
        this.#context.scans.add(directory, since);
      } else if (error === undefined || this.#isDead(scan)) {
        yield* this.#reconcile(scan);
      } else {
        const failure = this.#fail(scan, error);
        if (failure === "lost") lost.push({ root: directory.root, error });
        else if (failure === "denied") denied.push(directory.root);
      }
      if (directory.wd !== wd) watches.releaseUnused(wd);
    }
    return { lost, denied };
  }

  /** Returns the scans that may be of another directory, because of `events`. */
  *#invalidScans(
    scans: readonly Scan[],
    events: readonly InotifyEvent[],
    rootsAt: RootsAt,
  ): Generator<void, ReadonlySet<Scan>> {
    const changed = new Set<Directory>();
    let count = 0;
    for (const event of events) {
      if (event.mask & IN.Q_OVERFLOW) return new Set(scans);
      for (const each of this.#changedBy(event, rootsAt)) changed.add(each);
      if (++count % 256 === 0 && this.#context.slice.isOver) yield;
    }
    if (changed.size === 0) return NO_SCANS;
    return new Set(
      scans.filter(({ directory }) => {
        let at: Directory | undefined = directory;
        while (at && !changed.has(at)) at = at.parent;
        return at !== undefined;
      }),
    );
  }

  /** Returns the directories whose paths `event` gives to another directory. */
  #changedBy(event: InotifyEvent, rootsAt: RootsAt): readonly Directory[] {
    const { mask, wd, name } = event;
    const roots = rootsAt(event);
    const isOfEntry = (mask & NAMES) !== 0 && (mask & IN.ISDIR) !== 0;
    if (!isOfEntry && (mask & SELF) === 0) return roots;
    const changed: Directory[] = [...roots];
    for (let at = this.#context.watches.get(wd); at; at = at.nextAlias) {
      const one = isOfEntry ? at.entries.get(name) : at;
      if (one instanceof Directory) changed.push(one);
    }
    return changed;
  }

  /**
   * Returns whether the directory is deleted, but its path leads to it: it is mounted
   * there. Nothing can be in it.
   */
  #isDead({ directory, error }: Scan): boolean {
    return error?.syscall === "getdents64" && error.code === "ENOENT" &&
      this.#notFoundOnce.has(directory);
  }

  /** Handles the error of a scan. Returns what the given paths have to know. */
  #fail(
    { directory, since }: Scan,
    error: SystemError,
  ): "lost" | "denied" | undefined {
    const { emit, scans, unfollowed } = this.#context;
    const { doubts, isRequired } = this.#parts;
    const { root } = directory;
    // Permissions may hide the path for a while, but its watch still has events.
    const isHidden = error.code === "EACCES" && directory.wd !== UNWATCHED;
    if (root.isBeingAdded && isRequired(directory, error)) {
      root.error ??= error;
    } else if (directory === root && !isHidden) {
      const isFirst = !this.#notFoundOnce.has(directory);
      if (error.syscall !== "getdents64" || !isFirst) return "lost";
      // A directory that is deleted is found by no path any more.
      this.#notFoundOnce.add(directory);
      scans.add(directory, since);
    } else if (isNotFound(error) && !this.#notFoundOnce.has(directory)) {
      // The tree is wrong about the parent, or its event is late. If the directory
      // turns out to be there, the next such error is one like any other.
      this.#notFoundOnce.add(directory);
      doubts.add(directory.parent!, directory.name);
      scans.add(directory, since);
    } else if (
      unfollowed.add(directory, error instanceof WatchLimitError, since)
    ) {
      emit({ type: "unwatched", path: directory.path, error });
      if (error.code === "EACCES") return "denied";
    }
  }

  /** Changes the tree to what `scan` found, and emits the difference. */
  *#reconcile(scan: Scan): Generator<void, void> {
    const { directory, since, wd, listing, isCaseless } = scan;
    const { caseless, doubts, lostMoves, remote, tree } = this.#parts;
    if (isCaseless !== undefined) caseless.setCaseless(directory, isCaseless);
    caseless.learn(directory, listing);
    const isAnother = directory.wd >= 0 && directory.wd !== wd;
    const isMisplaced = isAnother || this.#isElsewhere(directory, wd);
    if (directory.parent && isMisplaced && !remote.wasRemote(directory)) {
      doubts.add(directory.parent, directory.name);
      this.#context.scans.add(directory, since);
      return;
    }
    this.#attach(directory, wd);
    // New rules apply to everything below, so that is scanned again.
    if (setRules(scan)) scan = { ...scan, since: since ?? SKIP_MODIFIED_CHECK };
    lostMoves.reportIn(directory);
    const { entries } = directory;
    if (entries.isEmpty && !lostMoves.isSearching) {
      if (listing.size > 0) yield* tree.setListing(directory, listing);
    } else if (!tree.isLimited && entries.equals(listing)) {
      for (const known of entries.directories()) {
        this.#recheck(known, scan, isAnother);
      }
      yield* this.#emitModified(scan, isAnother);
    } else {
      yield* this.#reconcileEntries(scan, isAnother);
      if (directory.isRemoved) return;
      lostMoves.keep(directory, () => directory.list(listing));
    }
  }

  /** Compares name by name, but decodes only the names that may differ. */
  *#reconcileEntries(
    scan: Scan,
    isAnother: boolean,
  ): Generator<void, void> {
    const { directory, listing, modified } = scan;
    const { slice } = this.#context;
    const { tree } = this.#parts;
    const { entries } = directory;
    for (const name of entries.missingIn(listing)) {
      if (name !== undefined) this.#foundGone(scan, name);
      if (!slice.isOver) continue;
      yield;
      if (directory.isRemoved) return;
    }
    const isModified = (at: Position) => isAnother || modified?.has(at);
    const follows = tree.followsBelow(directory);
    let count = 0;
    for (let at = listing.start; at < listing.end; at = listing.after(at)) {
      if (++count % 256 === 0 && slice.isOver) {
        yield;
        if (directory.isRemoved) return;
      }
      if (!isModified(at) && entries.isKnownFile(listing, at)) continue;
      const name = listing.nameAt(at);
      const isDirectory = listing.isDirectoryAt(at);
      const known = directory.entries.get(name);
      if (tree.excludes(directory, name, isDirectory)) {
        if (known !== undefined) tree.foundDeleted(directory, name);
      } else if (known === undefined) {
        this.#foundNew(scan, at, name);
      } else if (isDirectory !== (known !== false)) {
        tree.foundDeleted(directory, name);
        tree.foundCreated(directory, name, isDirectory);
      } else if (known instanceof Directory && follows) {
        this.#recheck(known, scan, isAnother);
      } else if (known instanceof Directory) {
        tree.foundContentsDeleted(known);
        directory.set(name, true);
      } else if (isDirectory && follows) {
        tree.insert(directory, name, true);
      } else if (!isDirectory && isModified(at)) {
        tree.foundModified(directory, name);
      }
    }
  }

  #foundGone({ directory, since }: Scan, name: string): void {
    const { lostMoves, remote, tree } = this.#parts;
    const inode = directory.entries.inodeOf(name);
    const isLost = since !== undefined && since !== SKIP_MODIFIED_CHECK;
    if (isLost && inode !== undefined && !remote.wasRemote(directory)) {
      lostMoves.addGone({ directory, name, inode, since });
    } else tree.foundDeleted(directory, name);
  }

  #foundNew({ directory, listing, since }: Scan, at: Position, name: string) {
    const { lostMoves, remote, tree } = this.#parts;
    const inode = listing.inodeAt(at);
    const isDirectory = listing.isDirectoryAt(at);
    // The old place of the entry may be found later.
    const isLost = since !== undefined && since !== SKIP_MODIFIED_CHECK;
    const mayBeMove = isLost || lostMoves.isSought(inode);
    if (mayBeMove && !remote.wasRemote(directory)) {
      lostMoves.addNew(directory, name, { inode, isDirectory });
    } else tree.foundCreated(directory, name, isDirectory);
  }

  /** Scans `known` again if its own scan may be outdated. */
  #recheck(known: Directory, { since }: Scan, isAnother: boolean): void {
    // Events were lost, its parent is another directory, or it has no watch.
    const isDoubtful = since !== undefined || isAnother || known.wd < 0;
    if (isDoubtful) this.#context.scans.add(known, since);
  }

  /** Reports the modified files of a directory without new or missing entries. */
  *#emitModified(
    { directory, listing, modified }: Scan,
    isAnother: boolean,
  ): Generator<void, void> {
    if (!isAnother && !modified?.size) return;
    const { slice } = this.#context;
    const { tree } = this.#parts;
    let count = 0;
    for (let at = listing.start; at < listing.end; at = listing.after(at)) {
      if (++count % 256 === 0 && slice.isOver) {
        yield;
        if (directory.isRemoved) return;
      }
      if (listing.isDirectoryAt(at)) continue;
      if (!isAnother && !modified!.has(at)) continue;
      const name = listing.nameAt(at);
      tree.foundModified(directory, name);
    }
  }

  /** Returns whether another directory of the same tree has the watch `wd`. */
  #isElsewhere(directory: Directory, wd: number): boolean {
    if (directory.wd === wd) return false;
    let at = this.#context.watches.get(wd);
    while (at && at.root !== directory.root) at = at.nextAlias;
    return at !== undefined;
  }

  #attach(directory: Directory, wd: number): void {
    const { scans, unfollowed, watches } = this.#context;
    this.#notFoundOnce.delete(directory);
    unfollowed.delete(directory);
    if (directory.wd === wd) return;
    watches.attach(directory, wd);
    // A bind mount puts one directory in two places. But it may also have moved,
    // so that its old place is outdated.
    for (let alias = directory.nextAlias; alias; alias = alias.nextAlias) {
      scans.add(alias);
    }
  }
}

/** Sets the rules of the directory; returns whether they are others than before. */
function setRules({ directory, rules: found }: Scan): boolean {
  const { ignoreFiles } = directory.root.scope;
  const rules = found && ignoreFiles?.resolve(directory, found);
  if (rules === directory.rules) return false;
  directory.entries.freezeFilter();
  directory.rules = rules;
  return true;
}
