/**
 * Keeps trees of directories in step with the kernel's events, and emits the events
 * with paths.
 *
 * It has an operation for each part of a step: scan a few directories, apply the
 * scans, take the events that were read.
 */

import type { SystemError } from "../kernel/errno.ts";
import type { WatchHolder } from "../kernel/add_watch.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import type { MountTable } from "../kernel/mount_table.ts";
import { STRUCTURE } from "../kernel/mask.ts";
import { CaselessDirectories } from "./caseless_directories.ts";
import type { Emit, TreeContext } from "./context.ts";
import { Doubts } from "./doubts.ts";
import { EventApplier } from "./event_applier.ts";
import { LostMoves } from "./lost_moves.ts";
import type { FollowedLinks } from "./followed_links.ts";
import { MountPoints } from "./mount_points.ts";
import { MoveResolver } from "./move_resolver.ts";
import {
  type Directory,
  type FileParent,
  type RootDirectory,
  type TreeScope,
  UNWATCHED,
} from "./node.ts";
import { type Failures, Reconciler, type RootsAt } from "./reconciler.ts";
import { RemoteScans } from "./remote_scans.ts";
import { type Scan, SKIP_MODIFIED_CHECK } from "./scan.ts";
import { ScanQueue } from "./scan_queue.ts";
import { type Scanned, ScanRunner } from "./scan_runner.ts";
import type { Slice } from "./slice.ts";
import { UnfollowedDirectories } from "./unfollowed_directories.ts";
import { WatchTree } from "./watch_tree.ts";
import type { WatchTable } from "./watch_table.ts";

/** Options of {@linkcode TreeWatcher}. */
export interface TreeWatcherOptions {
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  readonly libc: Libc;
  readonly watches: WatchTable;
  /** The kernel's events to watch, in addition to those that the tree needs. */
  readonly mask: number;
  /** The time of the current step. */
  readonly slice: Slice;
  /** Returns which entries below a given path belong to its tree. */
  readonly scopeOf: (path: string) => TreeScope;
  /** Returns whether `error` makes adding the root of `directory` fail. */
  readonly isRequired: (directory: Directory, error: SystemError) => boolean;
  /** Takes the events, in order. */
  readonly emit: Emit;
}

const NO_DIRECTORIES: ReadonlySet<Directory> = new Set();

/** Follows trees of directories on one inotify instance. */
export class TreeWatcher {
  readonly #options: TreeWatcherOptions;
  readonly #context: TreeContext;
  readonly #tree: WatchTree;
  readonly #doubts: Doubts;
  readonly #runner: ScanRunner;
  readonly #reconciler: Reconciler;
  readonly #applier: EventApplier;
  readonly #moves: MoveResolver;
  readonly #lostMoves: LostMoves;

  readonly #remote: RemoteScans;
  readonly #mountPoints: MountPoints;
  /** The directories whose scans may be newer than the events of this step. */
  #justScanned: ReadonlySet<Directory> = NO_DIRECTORIES;

  constructor(options: TreeWatcherOptions) {
    this.#options = options;
    const { inotify, libc, watches, mask, slice, emit, isRequired } = options;
    const context: TreeContext = this.#context = {
      inotify,
      libc,
      mask: STRUCTURE | mask,
      watches,
      scans: new ScanQueue(),
      unfollowed: new UnfollowedDirectories(),
      slice,
      emit,
    };
    const tree = this.#tree = new WatchTree(context);
    const remote = this.#remote = new RemoteScans(context);
    const lostMoves = this.#lostMoves = new LostMoves(context, tree);
    const doubts = this.#doubts = new Doubts(context, {
      tree,
      lostMoves,
      remote,
    });
    const mountPoints = this.#mountPoints = new MountPoints(context, {
      tree,
      remote,
    });
    const caseless = new CaselessDirectories();
    this.#runner = new ScanRunner(context, {
      tree,
      caseless,
      mountPoints,
      remote,
    });
    this.#reconciler = new Reconciler(context, {
      tree,
      caseless,
      doubts,
      lostMoves,
      remote,
      isUnclear: (directory) => this.#moves.isUnclear(directory),
      isRequired,
    });
    const isJustScanned = (directory: Directory) =>
      this.#justScanned.has(directory);
    const applier = this.#applier = new EventApplier(context, {
      tree,
      caseless,
      lostMoves,
      mountPoints,
      remote,
      isJustScanned,
    });
    this.#moves = new MoveResolver({
      watches,
      lostMoves,
      tree,
      doubts,
      pass: (event) => applier.apply(event),
      rescan: (directories) => {
        if (!tree.links) return;
        for (const each of directories) {
          context.scans.add(each, SKIP_MODIFIED_CHECK);
        }
      },
      isJustScanned,
      onUnknown: (directory, event) => applier.rescanFor(directory, event),
    });
  }

  // What is left to do

  /** The path of the directory that was scanned last. */
  get latest(): string {
    return this.#runner.latest;
  }

  /** Whether there is anything to do, even if no event comes. */
  get isBusy(): boolean {
    return this.#hasScans || this.isUnsettled || !this.#lostMoves.isEmpty;
  }

  /** Whether no event of the trees is emitted. */
  get isSilent(): boolean {
    return this.#tree.events.isSilent;
  }

  /** Whether it has to look something up, or waits for the rest of a rename. */
  get isUnsettled(): boolean {
    return this.#moves.isUnsettled;
  }

  get #hasScans(): boolean {
    return this.#context.scans.size > 0 || this.#remote.hasFinished;
  }

  /**
   * For how many milliseconds there is nothing to do if nothing happens. It is
   * `Infinity` if there is nothing to do at all.
   */
  get idleTime(): number {
    return this.#context.unfollowed.due - performance.now();
  }

  /** Returns whether anything below `root` still has to be scanned. */
  isScanning(root: RootDirectory): boolean {
    return this.#remote.hasFinished || this.#context.scans.isWithin(root) ||
      this.#remote.isWithin(root);
  }

  /**
   * Resolves when a scan on another thread has ended; undefined if no such scan is
   * running.
   */
  get progress(): Promise<void> | undefined {
    return this.#remote.progress;
  }

  /** If set, makes every scan on this thread, even if the scan may hang. */
  set scansBlock(scansBlock: boolean) {
    this.#remote.isEnabled = !scansBlock;
  }

  close(): void {
    this.#remote.close();
  }

  // Roots

  /**
   * Follows the directory at `location`, which is reported as `path`. Its events are
   * reported after {@linkcode TreeWatcher.unmute}.
   */
  add(path: string, location: string): RootDirectory {
    return this.#tree.addRoot(path, location, this.#options.scopeOf(path));
  }

  /** Follows symbolic links below the roots. */
  set links(links: FollowedLinks) {
    this.#tree.links = links;
  }

  /**
   * Follows the directory at `location`, to which a link in `directory` leads. It is
   * reported as `path` as soon as `directory` is reported.
   */
  addLinked(
    path: string,
    location: string,
    scope: TreeScope,
    directory: Directory,
  ): RootDirectory {
    const root = this.#tree.addRoot(path, location, scope);
    root.linkedIn = directory;
    this.#tree.events.unmute(root);
    return root;
  }

  /** Reports the events of `root` from now on. */
  unmute(root: RootDirectory): void {
    this.#tree.events.unmute(root);
  }

  /**
   * Looks up `path` on another thread, so that its server answers there. Returns
   * `false` if nothing is done on other threads.
   */
  lookUp(path: string): boolean {
    if (this.#remote.isEnabled) this.#remote.lookUp(path);
    return this.#remote.isEnabled;
  }

  /** Returns the paths that were looked up since the last call. */
  takeLookedUp(): string[] {
    return this.#remote.takeLookedUp();
  }

  /** Stops following `root`. */
  remove(root: RootDirectory): void {
    this.#doubts.removeRoot(root);
    this.#tree.removeRoot(root);
  }

  /** Stops following `root`, and reports everything below it as deleted. */
  foundRootGone(root: RootDirectory): void {
    this.#doubts.removeRoot(root);
    this.#tree.foundRootGone(root);
  }

  /** Compares everything below `root` with the disk. */
  rescan(root: RootDirectory, since: number): void {
    this.#context.scans.add(root, since);
  }

  /** Tries again to follow the unfollowed directories at or below `root`. */
  retryWithin(root: RootDirectory): void {
    this.#tree.retryWithin(root);
  }

  /** Follows another directory as `root`: one that covers it and has the watch `wd`. */
  cover(root: RootDirectory, wd: number): void {
    this.#context.watches.attach(root, wd);
    this.rescan(root, 0);
  }

  /** Follows the file of `parent`. `wd` is the watch of the directory. */
  addFile(parent: FileParent, wd: number): void {
    if (wd !== UNWATCHED) this.#context.watches.attach(parent, wd);
  }

  /** Reports a change of the file that no event of the kernel reports. */
  setFile(parent: FileParent, type: "create" | "modify" | "delete"): void {
    if (type === "delete") parent.delete(parent.only);
    else parent.set(parent.only, false);
    this.#tree.events.emitSynthetic(type, parent, parent.only, false);
  }

  /** Stops following the file of `parent`. */
  removeFile(parent: FileParent): void {
    this.#tree.drop(parent);
  }

  // The parts of a step, in their order

  /** Looks up entries in doubt. Every event up to now has to be read after this. */
  probe(): void {
    this.#moves.probe();
  }

  /** Scans a few directories. Yields at the end of a slice. */
  *scan(): Generator<void, Scanned> {
    return this.#hasScans
      ? yield* this.#runner.scan()
      : { scans: [], files: [] };
  }

  /**
   * Changes the trees to what `scans` found. `events` were read after the scans.
   * Yields at the end of a slice, and returns what could not be scanned.
   */
  *applyScans(
    scans: readonly Scan[],
    events: readonly InotifyEvent[],
    rootsAt: RootsAt,
  ): Generator<void, Failures> {
    const failed = yield* this.#reconciler.applyScans(scans, events, rootsAt);
    this.#justScanned = scans.length > 0 && events.length > 0
      ? new Set(scans.map(({ directory }) => directory))
      : NO_DIRECTORIES;
    for (const { directory } of scans) this.#applier.applyUnknown(directory);
    return failed;
  }

  /**
   * Does a part of the work that {@linkcode take} needs for `event`. Returns `false`
   * if nothing is left, which is so for all but the first event of a directory.
   */
  prepare({ wd, name }: InotifyEvent): boolean {
    if (name === "") return false;
    return this.#context.watches.get(wd)?.entries.prepare() ?? false;
  }

  /** Takes the next event. */
  take(event: InotifyEvent): void {
    this.#moves.take(this.#applier.prepare(event));
  }

  /**
   * Called when the kernel dropped events. A file that changed at the time `since`,
   * in Unix milliseconds, or later is reported as modified.
   */
  overflow(since: number): void {
    this.#moves.abandon();
    this.#options.emit({ type: "overflow" });
    for (const root of this.#tree.roots) this.rescan(root, since);
  }

  /** Finds the file systems of `before` that are unmounted `now`. */
  compareMounts(before: MountTable, now: MountTable): void {
    this.#mountPoints.compare(before, now);
  }

  /** Looks at what is at `path`, an absolute path, after mounts have changed there. */
  recheckMount(path: string): void {
    this.#mountPoints.recheck(path);
  }

  /**
   * Reports the unmounted file systems. Yields the roots that were on one, which are
   * still followed.
   */
  leaveUnmounted(): Generator<RootDirectory, void> {
    return this.#mountPoints.leaveUnmounted();
  }

  /** Applies what {@linkcode probe} found, after all events are taken. */
  settle(): void {
    this.#moves.settle();
  }

  /** Ends a step. Yields at the end of a slice. */
  *finish(): Generator<void, void> {
    this.#runner.retryStarved();
    const isListed = this.#context.scans.size === 0 && !this.isUnsettled;
    if (isListed && !this.#lostMoves.isEmpty) yield* this.#lostMoves.resolve();
  }
}
