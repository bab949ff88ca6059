/**
 * Scans directories, a few at a time, and brings the picture to what it found.
 *
 * A scan goes by the path that the tree has for the directory. Where the events
 * that are read after it change a directory on this path, it may have been of
 * another one; it is repeated once the tree has caught up.
 *
 * Why the events that were read after a scan are applied after it, is said where
 * that is made sure: see {@linkcode scan}.
 */

import type { SystemError } from "../kernel/errno.ts";
import type { WatchHolder } from "../kernel/inotify.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import type { Position } from "../kernel/listing.ts";
import { MountTable } from "../kernel/mount_table.ts";
import { WatchLimitError } from "../kernel/limit_error.ts";
import { IN, NAMES, SELF, STRUCTURE } from "../kernel/mask.ts";
import type { CaselessDirectories } from "./caseless_directories.ts";
import type { Doubts } from "./doubts.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { WatchTree } from "./watch_tree.ts";
import type { RemoteScans } from "./remote_scans.ts";
import {
  DirectoryOpener,
  isNotFound,
  type Scan,
  scan,
  SKIP_MODIFIED_CHECK,
} from "./scan.ts";
import type { ScanQueue } from "./scan_queue.ts";
import type { Slice } from "./slice.ts";
import type { UnfollowedDirectories } from "./unfollowed_directories.ts";
import { Directory, FileParent, RootDirectory, UNWATCHED } from "./node.ts";
import type { WatchTable } from "./watch_table.ts";
import type { WatchEvent } from "./watch_event.ts";

// To read the kernel's queue for each directory costs as much as to list it. So
// many directories share one read, or those for which there is time.
const MAX_DIRECTORIES_PER_STEP = 64;

/** What a {@linkcode Reconciler} scans, and whom it tells. */
export interface ReconcilerOptions {
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  readonly libc: Libc;
  /** The events to ask the kernel for, besides those that the tree needs. */
  readonly mask: number;
  readonly watches: WatchTable;
  readonly scans: ScanQueue;
  readonly slice: Slice;
  readonly tree: WatchTree;
  readonly caseless: CaselessDirectories;
  readonly doubts: Doubts;
  readonly lostMoves: LostMoves;
  readonly remote: RemoteScans;
  /** Whether another directory may be at the path of one, or none. */
  readonly isUnclear: (directory: Directory) => boolean;
  readonly unfollowed: UnfollowedDirectories;
  readonly emit: (event: WatchEvent) => void;
  /** Takes what keeps a root from being added; `true` if this is such a thing. */
  readonly onScanError: (directory: Directory, error: SystemError) => boolean;
  /** The roots to whose paths an event may bring another directory, or none. */
  readonly rootsAt: (event: InotifyEvent) => readonly RootDirectory[];
  /** Takes a given file, which is not found by listing its directory. */
  readonly onFile: (parent: FileParent) => void;
  /** Called with the root of a directory that may not be read. */
  readonly onDenied: (root: RootDirectory) => void;
  /** Is told of a root that cannot be scanned. */
  readonly onRootLost: (root: RootDirectory, error: SystemError) => void;
}

const NO_SCANS: ReadonlySet<Scan> = new Set();

/** Scans directories for a tree. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Those that were not where they should be, for the first time. */
  readonly #notFoundOnce = new WeakSet<Directory>();
  /** How many watches had been released when they were last tried. */
  #releasedCount = 0;
  #latest: Directory | undefined;
  /** Which file systems there are, while it looks for files that are modified. */
  #mounts: MountTable | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** The path of the directory that was scanned last. */
  get latest(): string {
    return this.#latest?.path ?? "";
  }

  /** When a directory that found no watch left is to be tried again. */
  get retryDue(): number {
    return this.#options.unfollowed.due;
  }

  /** Queues directories that found no watch left, if it is time to try them. */
  retryStarved(): void {
    const { scans, unfollowed, watches } = this.#options;
    const released = watches.releasedCount - this.#releasedCount;
    this.#releasedCount += released;
    if (unfollowed.due === Infinity) return;
    unfollowed.addTries(released);
    const directories = unfollowed.take(performance.now());
    for (const directory of directories) {
      scans.add(directory, unfollowed.sinceOf(directory));
    }
  }

  /** Scans the next directories, if there are any; yields between slices. */
  *scan(): Generator<void, readonly Scan[]> {
    const { caseless, inotify, libc, mask, remote, scans, slice } =
      this.#options;
    using opener = new DirectoryOpener(libc);
    const found = this.#takeRemote();
    do {
      const next = scans.take();
      if (next === undefined) break;
      const [directory, since] = next;
      if (directory instanceof FileParent) {
        this.#options.onFile(directory);
        continue;
      }
      this.#latest = directory;
      const probesCase = caseless.isToProbe(directory);
      if (remote.isRemote(directory)) {
        remote.start(directory, { since, probesCase });
        continue;
      }
      if (since !== undefined) this.#mounts ??= new MountTable(libc);
      const options = {
        inotify,
        mask: STRUCTURE | mask,
        since,
        mounts: this.#mounts,
        probesCase,
        slice,
      };
      const crossesMounts = !remote.isEnabled;
      let each = yield* scan(directory, opener, { ...options, crossesMounts });
      if (each.error?.code === "EXDEV") {
        if (remote.isRemoteMount(directory)) {
          remote.start(directory, { since, probesCase });
          continue;
        }
        each = yield* scan(directory, opener, options);
      }
      found.push(each);
    } while (found.length < MAX_DIRECTORIES_PER_STEP && !slice.isOver);
    if (scans.size === 0) this.#mounts = undefined;
    return found;
  }

  /** Takes what scans on other threads have found. */
  #takeRemote(): Scan[] {
    const { remote, scans, watches } = this.#options;
    const found: Scan[] = [];
    for (const { scan, isInvalid, isOutdated } of remote.takeFinished()) {
      const { directory, since, wd } = scan;
      if (!isInvalid) found.push(scan);
      else watches.releaseUnused(wd);
      if (isInvalid || isOutdated) scans.add(directory, since);
    }
    return found;
  }

  /**
   * Takes what `found` tells, after which `events` were read; yields between
   * slices.
   */
  *applyScans(
    found: readonly Scan[],
    events: readonly InotifyEvent[],
  ): Generator<void, void> {
    this.#options.remote.note(events, (event) => this.#changedBy(event));
    if (found.length === 0) return;
    // All of them, before the first one changes the tree.
    const doubtful = events.length > 0
      ? yield* this.#invalidScans(found, events)
      : NO_SCANS;
    const { isUnclear, watches } = this.#options;
    using _ = watches.deferReleases();
    for (const scan of found) {
      yield* this.#applyScan(
        scan,
        doubtful.has(scan) || isUnclear(scan.directory),
      );
      if (scan.directory.wd !== scan.wd) watches.releaseUnused(scan.wd);
    }
  }

  *#applyScan(scan: Scan, isInDoubt: boolean): Generator<void, void> {
    const { directory, since, error } = scan;
    // One before it may have found that it is there no longer.
    if (directory.isRemoved) return;
    if (isInDoubt) this.#options.scans.add(directory, since);
    else if (error) this.#fail(scan, error);
    else yield* this.#reconcile(scan);
  }

  /** Those of `found` at whose path was another directory, as may be. */
  *#invalidScans(
    found: readonly Scan[],
    events: readonly InotifyEvent[],
  ): Generator<void, ReadonlySet<Scan>> {
    const changed = new Set<Directory>();
    let count = 0;
    for (const event of events) {
      if (event.mask & IN.Q_OVERFLOW) return new Set(found);
      for (const directory of this.#changedBy(event)) changed.add(directory);
      if (++count % 256 === 0 && this.#options.slice.isOver) yield;
    }
    if (changed.size === 0) return NO_SCANS;
    return new Set(
      found.filter(({ directory }) => {
        let at: Directory | undefined = directory;
        while (at && !changed.has(at)) at = at.parent;
        return at !== undefined;
      }),
    );
  }

  /** The directories to whose paths `event` brings another one, or none. */
  #changedBy(event: InotifyEvent): readonly Directory[] {
    const { mask, wd, name } = event;
    const roots = this.#options.rootsAt(event);
    const isOfEntry = (mask & NAMES) !== 0 && (mask & IN.ISDIR) !== 0;
    if (!isOfEntry && (mask & SELF) === 0) return roots;
    const changed: Directory[] = [...roots];
    for (let at = this.#options.watches.get(wd); at; at = at.nextAlias) {
      const one = isOfEntry ? at.entries.get(name) : at;
      if (one instanceof Directory) changed.push(one);
    }
    return changed;
  }

  #fail({ directory, since }: Scan, error: SystemError): void {
    const { doubts, emit, onDenied, onScanError, scans, unfollowed } =
      this.#options;
    if (onScanError(directory, error)) return;
    // The path may not be read for a while, but its watch still has events.
    const isHidden = error.code === "EACCES" && directory.wd !== UNWATCHED;
    if (directory instanceof RootDirectory && !isHidden) {
      this.#options.onRootLost(directory, error);
      return;
    }
    if (isNotFound(error) && !this.#notFoundOnce.has(directory)) {
      // The parent's picture is wrong, or its event is late. If it is there then,
      // this is an error like any other.
      this.#notFoundOnce.add(directory);
      doubts.add(directory.parent!, directory.name);
      scans.add(directory, since);
      return;
    }
    const isStarved = error instanceof WatchLimitError;
    if (unfollowed.add(directory, isStarved, since)) {
      emit({ type: "unwatched", path: directory.path, error });
      if (error.code === "EACCES") onDenied(directory.root);
    }
  }

  /** Brings the tree, and the consumer, to what `scan` found. */
  *#reconcile(scan: Scan): Generator<void, void> {
    const { directory, since, wd, listing, isCaseless } = scan;
    const { caseless, doubts, lostMoves, remote, scans, tree } = this.#options;
    if (isCaseless !== undefined) caseless.setCaseless(directory, isCaseless);
    const isAnother = directory.wd >= 0 && directory.wd !== wd;
    const isMisplaced = isAnother || this.#isElsewhere(directory, wd);
    if (directory.parent && isMisplaced && !remote.wasRemote(directory)) {
      doubts.add(directory.parent, directory.name);
      scans.add(directory, since);
      return;
    }
    this.#attach(directory, wd);
    // With other rules, everything below has to be looked at.
    if (setRules(scan)) scan = { ...scan, since: since ?? SKIP_MODIFIED_CHECK };
    lostMoves.reportIn(directory);
    const { entries } = directory;
    if (entries.isEmpty && !lostMoves.isSearching) {
      yield* tree.setListing(directory, listing);
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

  /** Name by name, but decodes only those that something may be the matter with. */
  *#reconcileEntries(
    scan: Scan,
    isAnother: boolean,
  ): Generator<void, void> {
    const { directory, listing, modified } = scan;
    const { slice, tree } = this.#options;
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
        tree.emitSynthetic("modify", directory, name, false);
      }
    }
  }

  #foundGone({ directory, since }: Scan, name: string): void {
    const { lostMoves, remote, tree } = this.#options;
    const inode = directory.entries.inodeOf(name);
    const isLost = since !== undefined && since !== SKIP_MODIFIED_CHECK;
    if (isLost && inode !== undefined && !remote.wasRemote(directory)) {
      lostMoves.addGone({ directory, name, inode, since });
    } else tree.foundDeleted(directory, name);
  }

  #foundNew({ directory, listing, since }: Scan, at: Position, name: string) {
    const { lostMoves, remote, tree } = this.#options;
    const inode = listing.inodeAt(at);
    const isDirectory = listing.isDirectoryAt(at);
    // What is gone may still be found, unless this is a new directory.
    const isLost = since !== undefined && since !== SKIP_MODIFIED_CHECK;
    const mayBeMove = isLost || lostMoves.isSought(inode);
    if (mayBeMove && !remote.wasRemote(directory)) {
      lostMoves.addNew(directory, name, { inode, isDirectory });
    } else tree.foundCreated(directory, name, isDirectory);
  }

  /** Scans `known` again, unless what is known of it holds. */
  #recheck(known: Directory, { since }: Scan, isAnother: boolean): void {
    // Events were lost, it was found in another directory, or has no watch.
    const isDoubtful = since !== undefined || isAnother || known.wd < 0;
    if (isDoubtful) this.#options.scans.add(known, since);
  }

  /** Reports the files of a directory in which no entry came or went. */
  *#emitModified(
    { directory, listing, modified }: Scan,
    isAnother: boolean,
  ): Generator<void, void> {
    if (!isAnother && !modified?.size) return;
    const { slice } = this.#options;
    let count = 0;
    for (let at = listing.start; at < listing.end; at = listing.after(at)) {
      if (++count % 256 === 0 && slice.isOver) {
        yield;
        if (directory.isRemoved) return;
      }
      if (listing.isDirectoryAt(at)) continue;
      if (!isAnother && !modified!.has(at)) continue;
      const name = listing.nameAt(at);
      this.#options.tree.emitSynthetic("modify", directory, name, false);
    }
  }

  /** Whether another directory of its tree has the watch that was found. */
  #isElsewhere(directory: Directory, wd: number): boolean {
    if (directory.wd === wd) return false;
    let at = this.#options.watches.get(wd);
    while (at && at.root !== directory.root) at = at.nextAlias;
    return at !== undefined;
  }

  #attach(directory: Directory, wd: number): void {
    const { scans, unfollowed, watches } = this.#options;
    this.#notFoundOnce.delete(directory);
    unfollowed.delete(directory);
    if (directory.wd === wd) return;
    watches.attach(directory, wd);
    // A mount may put one directory in two places. But this may also be news
    // of a move, and what is known of the old place outdated.
    for (let alias = directory.nextAlias; alias; alias = alias.nextAlias) {
      scans.add(alias);
    }
  }
}

/** Gives the directory the rules that were found; whether they are others. */
function setRules({ directory, rules: found }: Scan): boolean {
  const { ignoreFiles } = directory.root.scope;
  const rules = found && ignoreFiles?.resolve(directory, found);
  if (rules === directory.rules) return false;
  directory.entries.freezeFilter();
  directory.rules = rules;
  return true;
}
