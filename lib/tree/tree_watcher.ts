/**
 * Keeps trees of directories in step with the kernel's events, and tells the
 * events with paths.
 *
 * It works in steps that do not wait. Each scans a few directories, and then
 * reads the kernel's queue.
 */

import { ClockMonitor } from "../kernel/clock.ts";
import type { SystemError } from "../kernel/errno.ts";
import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import type { InotifySource } from "../kernel/inotify.ts";
import { CONTENT_TYPES } from "./event_types.ts";
import type { Libc } from "../kernel/libc.ts";
import { IN, NAMES, SELF, STRUCTURE } from "../kernel/mask.ts";
import { CaselessDirectories } from "./caseless_directories.ts";
import { WatchTree, type WatchTreeOptions } from "./watch_tree.ts";
import { Doubts } from "./doubts.ts";
import { LostMoves } from "./lost_moves.ts";
import { MoveResolver } from "./move_resolver.ts";
import { RemoteScans } from "./remote_scans.ts";
import { ScanQueue } from "./scan_queue.ts";
import { Slice } from "./slice.ts";
import { Reconciler } from "./reconciler.ts";
import { Directory, FileParent, RootDirectory, UNWATCHED } from "./node.ts";
import { UnfollowedDirectories } from "./unfollowed_directories.ts";
import type { WatchTable } from "./watch_table.ts";

/** What a {@linkcode TreeWatcher} follows and whom it tells. */
export interface TreeWatcherOptions
  extends Omit<WatchTreeOptions, "scans" | "slice" | "unfollowed"> {
  readonly inotify: InotifySource;
  readonly libc: Libc;
  /** The events to ask the kernel for, besides those that the tree needs. */
  readonly mask: number;
  /** Takes what keeps a root from being added; `true` if this is such a thing. */
  readonly onScanError: (directory: Directory, error: SystemError) => boolean;
}

/** Looks at the kernel's events before the trees do. */
export interface Observer {
  take(event: InotifyEvent): void;
  /** The roots to whose paths `event` may bring another directory, or none. */
  rootsAt(event: InotifyEvent): readonly RootDirectory[];
  /** All events that were read are taken. */
  tookAll(): void;
  /** The queue was read until nothing was left. */
  foundEmpty(): void;
  /** Events were lost, the last since then, in Unix milliseconds. */
  recheck(since: number): void;
  /** A root cannot be scanned. */
  lost(root: RootDirectory, error: SystemError): void;
  /** Something below a root may not be read. */
  denied(root: RootDirectory): void;
  /** The file system of a root was unmounted. */
  unmounted(root: RootDirectory): void;
  /** Only the disk can say whether the file is there. */
  check(parent: FileParent): void;
}

/** How far the time stamps of files are behind the clock, in milliseconds. */
const CLOCK_TICK_MS = 10;

/** The events after which a file has other rules in it. */
const OF_RULES = NAMES | IN.CLOSE_WRITE | IN.ATTRIB;

/**
 * How many bytes of events to read while one step takes many slices. Beyond that
 * they stay in the kernel's queue, which drops those that do not fit.
 */
const MAX_READ_AHEAD = 8 * 1024 * 1024;

const NO_DIRECTORIES: ReadonlySet<Directory> = new Set();

/** Follows trees of directories on one inotify instance. */
export class TreeWatcher {
  observer: Observer | undefined;

  readonly #options: TreeWatcherOptions;
  readonly #watches: WatchTable;
  readonly #scans = new ScanQueue();
  readonly #tree: WatchTree;
  readonly #doubts: Doubts;
  readonly #reconciler: Reconciler;
  readonly #moves: MoveResolver;
  readonly #lostMoves: LostMoves;
  readonly #caseless = new CaselessDirectories();
  readonly #remote: RemoteScans;
  readonly #unmounted = new Set<Directory>();
  /** Those whose scan may be newer than the events that are taken now. */
  #justScanned: ReadonlySet<Directory> = NO_DIRECTORIES;
  readonly #slice = new Slice();
  /** The step that was begun in an earlier slice. */
  #working: Generator<void, boolean> | undefined;
  /** What was read since, to be applied after it; and from which position on. */
  #pending: InotifyEvent[] = [];
  #pendingFrom = 0;
  /** When the queue was last found empty, in Unix milliseconds. */
  #emptyAt = Date.now();
  readonly #clock = new ClockMonitor();

  constructor(options: TreeWatcherOptions) {
    this.#options = options;
    const { mask, watches } = options;
    this.#watches = watches;
    this.#remote = new RemoteScans({ ...options, mask: STRUCTURE | mask });
    const scans = this.#scans;
    const slice = this.#slice;
    const unfollowed = new UnfollowedDirectories();
    const shared = { ...options, scans, slice, unfollowed };
    const tree = this.#tree = new WatchTree(shared);
    const places = { ...shared, tree, remote: this.#remote };
    const lostMoves = this.#lostMoves = new LostMoves(places);
    const doubts = this.#doubts = new Doubts({ ...places, lostMoves });
    this.#reconciler = new Reconciler({
      ...places,
      doubts,
      lostMoves,
      isUnclear: (directory) => this.#moves.isUnclear(directory),
      caseless: this.#caseless,
      rootsAt: (event) => this.observer?.rootsAt(event) ?? [],
      onDenied: (root) => this.observer?.denied(root),
      onFile: (parent) => this.observer?.check(parent),
      onRootLost: (root, error) => {
        if (tree.roots.has(root)) this.observer?.lost(root, error);
      },
    });
    this.#moves = new MoveResolver({
      watches,
      tree,
      doubts,
      lostMoves,
      pass: (event) => this.#apply(event),
      isJustScanned: (directory) => this.#justScanned.has(directory),
      onUnknown: (directory, event) => this.#rescanFor(directory, event),
    });
  }

  /** The path of the directory that was scanned last. */
  get latest(): string {
    return this.#reconciler.latest;
  }

  /** Whether there is anything to do, now or if nothing comes. */
  get isBusy(): boolean {
    return this.#working !== undefined || this.#pending.length > 0 ||
      this.#scans.size > 0 || this.#remote.hasFinished || this.isUnsettled ||
      !this.#lostMoves.isEmpty;
  }

  /** Whether something waits for a later event, or for none to come. */
  get isUnsettled(): boolean {
    return this.#moves.isUnsettled;
  }

  /**
   * For how many milliseconds there is nothing to do if nothing happens;
   * `Infinity` if there is nothing at all.
   */
  get idleTime(): number {
    return this.#reconciler.retryDue - performance.now();
  }

  /**
   * Follows the directory at `location`, under the name of `path`. What happens
   * below it is told only from {@linkcode TreeWatcher.unmute} on.
   */
  add(path: string, location: string): RootDirectory {
    return this.#tree.addRoot(path, location);
  }

  /** Tells of `root` what happens from now on. */
  unmute(root: RootDirectory): void {
    this.#tree.unmute(root);
  }

  /** Follows it no longer. */
  remove(root: RootDirectory): void {
    this.#doubts.removeRoot(root);
    this.#tree.removeRoot(root);
  }

  /** Follows it no longer: it has gone, and all below it with it. */
  foundRootGone(root: RootDirectory): void {
    this.#doubts.removeRoot(root);
    this.#tree.foundRootGone(root);
  }

  /** Follows the file of `parent`, which has the watch `wd` and is reported. */
  addFile(parent: FileParent, wd: number): void {
    if (wd !== UNWATCHED) this.#watches.attach(parent, wd);
  }

  /** Reports what no event of the kernel has: the file is there, or it is not. */
  setFile(parent: FileParent, type: "create" | "modify" | "delete"): void {
    if (type === "delete") parent.delete(parent.only);
    else parent.set(parent.only, false);
    this.#tree.emitSynthetic(type, parent, parent.only, false);
  }

  /** Follows it no longer. */
  removeFile(parent: FileParent): void {
    this.#tree.drop(parent);
  }

  /** Compares all below `root` with the disk, where other mounts may be. */
  rescan(root: RootDirectory, since: number): void {
    this.#scans.add(root, since);
  }

  /** Follows what could not be followed below `root`, if that is possible. */
  retryWithin(root: RootDirectory): void {
    this.#tree.retryWithin(root);
  }

  /** Whether something below `root` is still to be looked at. */
  isScanning(root: RootDirectory): boolean {
    return this.#working !== undefined || this.#remote.hasFinished ||
      this.#scans.isWithin(root) || this.#remote.isWithin(root);
  }

  /**
   * Resolves when there is more to do since a scan on another thread has ended;
   * undefined if there is none.
   */
  get progress(): Promise<void> | undefined {
    return this.#remote.progress;
  }

  /** Has every scan made on this thread, also where it may hang. */
  set scansBlock(scansBlock: boolean) {
    this.#remote.isEnabled = !scansBlock;
  }

  /** Gives up a step that has not come to its end. */
  close(): void {
    this.#remote.close();
    this.#working?.return(false);
    this.#working = undefined;
  }

  /**
   * Does one thing that can be done without waiting, or a slice of it; `false`
   * if that was all.
   */
  step(): boolean {
    this.#slice.begin();
    // The kernel's queue is not to overflow while one step takes many slices.
    if (this.#working && this.#mayReadAhead) this.#readAhead();
    const working = this.#working ?? this.#work();
    this.#working = undefined;
    const { done, value } = working.next();
    if (done) return value;
    this.#working = working;
    return true;
  }

  *#work(): Generator<void, boolean> {
    // What is queued may settle it.
    const isProbing = this.isUnsettled && this.#pending.length === 0 &&
      !this.#options.inotify.isBehind;
    if (isProbing) this.#moves.probe();
    const scans = this.#scans.size > 0 || this.#remote.hasFinished
      ? yield* this.#reconciler.scan()
      : [];
    const events = yield* this.#read(isProbing || scans.length > 0);
    yield* this.#reconciler.applyScans(scans, events);
    this.#justScanned = scans.length > 0 && events.length > 0
      ? new Set(scans.map(({ directory }) => directory))
      : NO_DIRECTORIES;
    let count = 0;
    for (const event of events) {
      if (++count % 64 === 0 && this.#slice.isOver) yield;
      if (event.name !== "") {
        const entries = this.#watches.get(event.wd)?.entries;
        while (entries?.prepare()) if (this.#slice.isOver) yield;
      }
      this.observer?.take(event);
      if (this.#tree.hasIgnoreFiles) this.#rescanForRules(event);
      if (event.mask & IN.Q_OVERFLOW) this.#overflow();
      else this.#moves.take(this.#resolve(event));
    }
    const isEmpty = events.length === 0 && this.#pending.length === 0;
    if (isEmpty) this.observer?.foundEmpty();
    if (this.#unmounted.size > 0) this.#leaveUnmounted();
    this.observer?.tookAll();
    if (isProbing) this.#moves.settle();
    this.#reconciler.retryStarved();
    const isListed = this.#scans.size === 0 && !this.isUnsettled;
    if (isListed && !this.#lostMoves.isEmpty) yield* this.#lostMoves.resolve();
    return !isEmpty || this.isBusy;
  }

  /** The next events; those that scans came too late for are all among them. */
  *#read(isBehindScans: boolean): Generator<void, InotifyEvent[]> {
    const { inotify } = this.#options;
    const date = Date.now();
    this.#readAhead();
    if (isBehindScans && inotify.isBehind) {
      const end = inotify.end();
      while (inotify.position < end) {
        if (this.#slice.isOver) yield;
        this.#readAhead();
      }
    }
    const events = this.#pending;
    this.#pending = [];
    this.#pendingFrom = inotify.position;
    if (events.length === 0) {
      this.#emptyAt = date;
      this.#clock.restart();
    }
    return events;
  }

  /** The event with the name that its directory has for it. */
  #resolve(event: InotifyEvent): InotifyEvent {
    const directory = this.#watches.get(event.wd);
    if (directory === undefined || event.name === "") return event;
    const rescan = () => this.#scans.add(directory);
    return this.#caseless.resolve(directory, event, rescan);
  }

  /**
   * Has `directory` looked at again, of which `event` is not about any entry. Its
   * name may be spelled in another way than on disk.
   */
  #rescanFor(directory: Directory, event: InotifyEvent): void {
    if (directory instanceof FileParent) return;
    // Events that are older than the first scan are none of its business.
    if (this.#justScanned.has(directory)) return;
    const isDirectory = isDirectoryEvent(event);
    if (this.#tree.excludes(directory, event.name, isDirectory)) return;
    this.#caseless.suspect(directory);
    this.#scans.add(directory);
  }

  /** Has directories scanned again whose rules may change with `event`. */
  #rescanForRules({ wd, mask, name }: InotifyEvent): void {
    if ((mask & OF_RULES) === 0) return;
    let at = this.#watches.get(wd);
    for (; at; at = at.nextAlias) {
      if (at.root.scope.ignoreFiles?.dependsOn(name)) this.#scans.add(at);
    }
  }

  get #mayReadAhead(): boolean {
    const { position } = this.#options.inotify;
    return position - this.#pendingFrom < MAX_READ_AHEAD;
  }

  #readAhead(): void {
    const events = this.#options.inotify.read();
    if (this.#pending.length === 0) this.#pending = events;
    else for (const event of events) this.#pending.push(event);
  }

  // What no rename is

  #apply(event: InotifyEvent): void {
    this.#lostMoves.reportFor(event);
    let next: Directory | undefined;
    for (let at = this.#watches.get(event.wd); at; at = next) {
      next = at.nextAlias;
      if (event.name === "") this.#applyToSelf(at, event);
      else this.#applyToEntry(at, event);
    }
    if (event.mask & IN.IGNORED) this.#forget(event.wd);
  }

  /** The kernel has removed the watch, at the end of its directory or on demand. */
  #forget(wd: number): void {
    for (let at = this.#watches.get(wd); at; at = at.nextAlias) {
      // Another thread may have found it just before it was removed.
      if (this.#remote.wasRemote(at)) this.#scans.add(at);
    }
    this.#watches.forget(wd);
  }

  #applyToEntry(directory: Directory, event: InotifyEvent): void {
    const { mask, name } = event;
    const isDirectory = isDirectoryEvent(event);
    const known = directory.entries.get(name);
    if (mask & IN.CREATE) {
      const isNew = known === undefined &&
        !this.#tree.excludes(directory, name, isDirectory);
      if (isNew) this.#tree.create(directory, name, isDirectory);
    } else if (known === undefined || isDirectory !== (known !== false)) {
      this.#rescanFor(directory, event);
    } else if (mask & IN.DELETE) {
      this.#tree.delete(directory, name);
    } else {
      this.#emitContent(mask, directory, name, isDirectory);
      if (mask & IN.ATTRIB && known instanceof Directory) {
        this.#tree.retryWithin(known);
      }
    }
  }

  /** An event of the directory itself, which its parent has told of, too. */
  #applyToSelf(directory: Directory, { mask }: InotifyEvent): void {
    if (directory instanceof FileParent) return;
    if (mask & IN.UNMOUNT) {
      this.#unmounted.add(directory);
    } else if (!directory.parent && (mask & SELF) === 0) {
      this.#emitContent(mask, directory, "", true);
      if (mask & IN.ATTRIB) this.#tree.retryWithin(directory);
    }
  }

  #emitContent(
    mask: number,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    const only = CONTENT_TYPES.get(mask & ~IN.ISDIR);
    if (only) return this.#tree.emit(only, directory, name, isDirectory);
    // Several of these bits: truncating a file that is setuid both modifies it
    // and changes its mode.
    for (const [bit, type] of CONTENT_TYPES) {
      if (mask & bit) this.#tree.emit(type, directory, name, isDirectory);
    }
  }

  // What did not come

  #overflow(): void {
    // By a clock that was set, no time of change says anything.
    const since = this.#clock.wasSet
      ? -Infinity
      : this.#emptyAt - CLOCK_TICK_MS;
    this.#moves.abandon();
    this.#options.emit({ type: "overflow" });
    for (const root of this.#tree.roots) this.#scans.add(root, since);
    this.observer?.recheck(since);
  }

  /** Every directory of a file system tells that it is unmounted. */
  #leaveUnmounted(): void {
    for (const directory of this.#unmounted) {
      const { parent, path, isRemoved } = directory;
      if (isRemoved || parent && this.#unmounted.has(parent)) continue;
      this.#options.emit({ type: "unmount", path });
      if (directory instanceof RootDirectory) {
        this.observer?.unmounted(directory);
      } else {
        // Each file of a name that is there still is another one.
        this.#scans.add(directory, 0);
      }
    }
    this.#unmounted.clear();
  }
}
