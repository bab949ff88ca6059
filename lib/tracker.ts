/**
 * Keeps trees of directories in step with the kernel's events, and tells the
 * events with paths.
 *
 * It works in steps that do not wait. Each scans at most one directory, by the
 * path that the tree has for it, and then reads the kernel's queue. Where that
 * holds a change to a directory on this path, the scan may have been of another
 * directory; it is repeated once the tree has caught up.
 *
 * A scan is newer than the events that are read after it. They apply all the
 * same, name by name: one that says what the tree knows already is dropped, and
 * the last one of a name is right in any case.
 */

import type { SystemError } from "./errors.ts";
import type { InotifyEvent } from "./event.ts";
import type { Inotify } from "./inotify.ts";
import type { Libc } from "./libc.ts";
import { IN, NAMES, SELF } from "./mask.ts";
import { type Move, Moves } from "./moves.ts";
import { Picture, type PictureOptions } from "./picture.ts";
import { hasVanished, NEVER, type Scan, scan, ScanQueue } from "./scan.ts";
import { Directory, RootDirectory, type Watches } from "./tree.ts";
import type { EntryEventType } from "./watch_event.ts";

/** What a {@linkcode Tracker} follows and whom it tells. */
export interface TrackerOptions extends Omit<PictureOptions, "scans"> {
  readonly inotify: Inotify;
  readonly libc: Libc;
  /** The events to ask the kernel for, besides those that the tree needs. */
  readonly mask: number;
  /** Takes what keeps a root from being added; `true` if this is such a thing. */
  readonly fails: (directory: Directory, error: SystemError) => boolean;
}

/** Who looks at the kernel's events beside the tracker, and before it. */
export interface Observer {
  take(event: InotifyEvent): void;
  /** The queue has been read. */
  endOfRead(): void;
  /** Events were lost, the last since then, in Unix milliseconds. */
  recheck(since: number): void;
  /** A root is followed no longer; the error, if that is why. */
  lost(root: RootDirectory, error?: SystemError): void;
}

/** What the tree is kept by. */
export const STRUCTURE = IN.CREATE | IN.DELETE | IN.MOVE | IN.ATTRIB |
  IN.DELETE_SELF | IN.MOVE_SELF | IN.EXCL_UNLINK | IN.MASK_ADD;

/** The events that leave the tree as it is. */
export const CONTENT_TYPES: ReadonlyMap<number, EntryEventType> = new Map([
  [IN.ACCESS, "access"],
  [IN.MODIFY, "modify"],
  [IN.ATTRIB, "attrib"],
  [IN.CLOSE_WRITE, "close_write"],
  [IN.CLOSE_NOWRITE, "close_nowrite"],
  [IN.OPEN, "open"],
]);

/** How far the time stamps of files are behind the clock, in milliseconds. */
const CLOCK_TICK = 10;

/** How long to wait for the second half of something, in milliseconds. */
export const PATIENCE = 10;

/**
 * A directory whose place another one has taken. Most often it was empty and is
 * deleted by that. But the two may also change places: then the next event of
 * the directory that they are in is about the one displaced, under a name which
 * is by then the other's, and `IN.MOVE_SELF` tells which of them it was.
 */
interface Displaced {
  readonly directory: Directory;
  /** That next event, until its subject is known. */
  next?: InotifyEvent | Move;
  /** What happened in the directory meanwhile. */
  readonly events: InotifyEvent[];
}

/** Something that was moved into a directory. */
interface Arrival {
  readonly name: string;
  /** Whether something of that name was known. */
  readonly isOver: boolean;
}

/**
 * How a directory was moved, until its `IN.MOVE_SELF` confirms that it was this
 * one. The kernel reports all of it before it unlocks the source and the target.
 */
interface Unconfirmed {
  readonly source: Directory;
  readonly to: InotifyEvent;
}

/** Follows trees of directories on one inotify instance. */
export class Tracker {
  observer: Observer | undefined;

  readonly #options: TrackerOptions;
  readonly #watches: Watches;
  readonly #scans = new ScanQueue();
  readonly #picture: Picture;
  readonly #moves = new Moves((event) => this.#apply(event));

  /** Those that were not where they should be, for the first time. */
  readonly #vanished = new WeakSet<Directory>();
  /** Those of which it was told that they cannot be followed. */
  readonly #unreadable = new WeakSet<Directory>();
  readonly #unmounted = new Set<Directory>();
  /** By the watch of the directory that they were in. */
  readonly #displaced = new Map<number, Displaced>();
  /** What was last moved into each directory. */
  readonly #arrivals = new WeakMap<Directory, Arrival>();
  readonly #unconfirmed = new Map<Directory, Unconfirmed>();
  /** Since when something has been waiting for a later event. */
  #unsettledAt = Infinity;
  /** When the queue was last found empty, in Unix milliseconds. */
  #emptyAt = Date.now();
  #latest: Directory | undefined;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#watches = options.watches;
    this.#picture = new Picture({ ...options, scans: this.#scans });
  }

  /** The path of the directory that was scanned last. */
  get latest(): string {
    return this.#latest?.path ?? "";
  }

  /** Whether there is anything to do, now or if nothing comes. */
  get isBusy(): boolean {
    return this.#scans.size > 0 || this.isUnsettled;
  }

  /** Whether something waits for a later event, or for none to come. */
  get isUnsettled(): boolean {
    return this.#moves.held.length > 0 || this.#displaced.size > 0 ||
      this.#unconfirmed.size > 0;
  }

  /**
   * Follows the directory at `location`, under the name of `path`. What happens
   * below it is told only from {@linkcode Tracker.unmute} on.
   */
  add(path: string, location: string): RootDirectory {
    return this.#picture.addRoot(path, location);
  }

  /** Tells of `root` what happens from now on. */
  unmute(root: RootDirectory): void {
    this.#picture.unmute(root);
  }

  /** Follows it no longer. */
  remove(root: RootDirectory): void {
    this.#picture.removeRoot(root);
  }

  /** Looks at `root` again, which is now at another place. */
  rescan(root: RootDirectory): void {
    this.#scans.add(root);
  }

  /** Whether something below `root` is still to be looked at. */
  isScanning(root: RootDirectory): boolean {
    return this.#scans.isWithin(root);
  }

  /** Whether it tells the events of `name` in the directory `wd` as `path`. */
  tells(path: string, wd: number, name: string): boolean {
    return this.#picture.tells(path, wd, name);
  }

  /** Does one thing that can be done without waiting; `false` if that was all. */
  step(): boolean {
    const scan = this.#scanNext();
    const now = Date.now();
    const events = this.#options.inotify.read();
    if (events.length === 0) this.#emptyAt = now;
    if (scan) this.#settle(scan, events);
    for (const event of events) {
      this.observer?.take(event);
      this.#take(event);
      if (event.mask & NAMES) this.#refuteMoves(event);
    }
    this.observer?.endOfRead();
    if (this.#unmounted.size > 0) this.#leaveUnmounted();
    this.#settleInTime(events.length === 0);
    return events.length > 0 || this.#scans.size > 0 && !this.#isBlocked;
  }

  // Scanning

  /** Paths are in doubt while it is open where a directory went. */
  get #isBlocked(): boolean {
    return this.#displaced.size > 0 ||
      this.#moves.held.some(({ mask }) => mask & IN.ISDIR);
  }

  #scanNext(): Scan | undefined {
    const next = this.#isBlocked ? undefined : this.#scans.take();
    if (next === undefined) return undefined;
    const [directory, since] = next;
    const { inotify, libc, mask } = this.#options;
    this.#latest = directory;
    return scan(directory, libc, {
      inotify: inotify.fd,
      mask: STRUCTURE | mask,
      since,
    });
  }

  #settle(scan: Scan, events: readonly InotifyEvent[]): void {
    const { directory, since, wd, error } = scan;
    if (events.some((event) => this.#affects(event, directory))) {
      this.#scans.add(directory, since);
    } else if (error) {
      this.#cannotScan(directory, error);
    } else {
      this.#reconcile(scan);
    }
    this.#watches.releaseUnused(wd);
  }

  /** Whether `event` changes which directory is at the path of `directory`. */
  #affects({ mask, wd, name }: InotifyEvent, directory: Directory): boolean {
    if (mask & IN.Q_OVERFLOW) return true;
    const isOfEntry = (mask & NAMES) !== 0 && (mask & IN.ISDIR) !== 0;
    if (!isOfEntry && (mask & SELF) === 0) return false;
    for (let at = this.#watches.get(wd); at; at = at.twin) {
      const changed = isOfEntry ? at.entries.get(name) : at;
      if (changed instanceof Directory && directory.isWithin(changed)) {
        return true;
      }
    }
    return false;
  }

  #cannotScan(directory: Directory, error: SystemError): void {
    if (this.#options.fails(directory, error)) return;
    if (directory instanceof RootDirectory) {
      this.#lose(directory, error);
    } else if (hasVanished(error) && !this.#vanished.has(directory)) {
      // The parent's picture is wrong, or its event is late. If that says once
      // more that it is there, this is an error like any other.
      this.#vanished.add(directory);
      this.#scans.add(directory.parent!);
    } else if (!this.#unreadable.has(directory)) {
      this.#unreadable.add(directory);
      this.#options.emit({ type: "unwatched", path: directory.path, error });
    }
  }

  /** Brings the tree, and the consumer, to what `scan` found. */
  #reconcile({ directory, since, wd, entries, modified }: Scan): void {
    const picture = this.#picture;
    const isAnother = directory.wd >= 0 && directory.wd !== wd;
    this.#attach(directory, wd);
    for (const name of directory.entries.keys()) {
      if (!entries.has(name)) picture.vanish(directory, name);
    }
    const follows = picture.follows(directory);
    for (const [name, isDirectory] of entries) {
      const known = directory.entries.get(name);
      if (picture.excludes(directory, name, isDirectory)) {
        if (known !== undefined) picture.vanish(directory, name);
      } else if (known === undefined) {
        picture.appear(directory, name, isDirectory);
      } else if (isDirectory !== (known !== false)) {
        picture.vanish(directory, name);
        picture.appear(directory, name, isDirectory);
      } else if (known instanceof Directory && follows) {
        // What is known of it holds, unless events were lost or this is another.
        const isDoubtful = since !== undefined || isAnother || known.wd < 0;
        if (isDoubtful) this.#scans.add(known, since);
      } else if (known instanceof Directory) {
        picture.vanishWithin(known);
        directory.set(name, true);
      } else if (isDirectory && follows) {
        picture.enter(directory, name, true);
      } else if (!isDirectory && (isAnother || modified?.has(name))) {
        picture.tellFound("modify", directory, name, false);
      }
    }
  }

  #attach(directory: Directory, wd: number): void {
    this.#vanished.delete(directory);
    this.#unreadable.delete(directory);
    if (directory.wd === wd) return;
    this.#watches.attach(directory, wd);
    // A mount may put one directory in two places. But this may also be news
    // of a move, and what is known of the old place outdated.
    for (let twin = directory.twin; twin; twin = twin.twin) {
      this.#scans.add(twin);
    }
  }

  // Events

  #take(event: InotifyEvent): void {
    const { mask, wd } = event;
    if (mask & IN.Q_OVERFLOW) return this.#overflow();
    const directory = this.#watches.get(wd);
    if (directory === undefined) {
      if (mask & IN.IGNORED) this.#watches.forget(wd);
      return;
    }
    if (mask & IN.MOVE_SELF) return this.#movedSelf(directory);
    for (const displaced of this.#displaced.values()) {
      if (!directory.isWithin(displaced.directory)) continue;
      const isEnd = directory === displaced.directory &&
        (mask & (IN.DELETE_SELF | IN.IGNORED)) !== 0;
      if (isEnd) this.#conclude(displaced);
      else displaced.events.push(event);
      return;
    }
    this.#moves.take(event);
  }

  #apply(event: InotifyEvent | Move): void {
    const first = "from" in event ? event.from : event;
    if (this.#isOfDisplaced(first, event)) return;
    if ("from" in event) {
      if (event.to.wd !== first.wd) this.#isOfDisplaced(event.to, event);
      this.#applyMove(event);
      return;
    }
    let next: Directory | undefined;
    for (let at = this.#watches.get(event.wd); at; at = next) {
      next = at.twin;
      if (event.name === "") this.#applyToSelf(at, event);
      else this.#applyToEntry(at, event);
    }
    if (event.mask & IN.IGNORED) this.#watches.forget(event.wd);
  }

  #applyToEntry(directory: Directory, event: InotifyEvent): void {
    const { mask, name } = event;
    const isDirectory = (mask & IN.ISDIR) !== 0;
    const known = directory.entries.get(name);
    const isKnown = known !== undefined && isDirectory === (known !== false);
    if (mask & IN.CREATE) {
      const isNew = known === undefined &&
        !this.#picture.excludes(directory, name, isDirectory);
      if (isNew) this.#picture.create(directory, name, isDirectory);
    } else if (mask & IN.MOVED_TO) {
      this.#arrive(directory, event);
    } else if (!isKnown) {
      // From before the directory was scanned.
    } else if (mask & IN.DELETE) {
      this.#picture.delete(directory, name);
    } else if (mask & IN.MOVED_FROM) {
      this.#leave(directory, event);
    } else {
      this.#touch(mask, directory, name, isDirectory);
      if (mask & IN.ATTRIB && this.#unreadable.has(known as Directory)) {
        this.#scans.add(known as Directory);
      }
    }
  }

  /** An event of the directory itself, which its parent has told of, too. */
  #applyToSelf(directory: Directory, { mask }: InotifyEvent): void {
    if (mask & IN.UNMOUNT) {
      this.#unmounted.add(directory);
    } else if (directory instanceof RootDirectory) {
      if (mask & IN.DELETE_SELF) {
        this.#options.emit({ type: "delete_self", path: directory.path });
      } else if (mask & IN.IGNORED) {
        if (!this.#unmounted.has(directory)) this.#lose(directory);
      } else {
        this.#touch(mask, directory, "", true);
      }
    }
  }

  #touch(
    mask: number,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    const only = CONTENT_TYPES.get(mask & ~IN.ISDIR);
    if (only) return this.#picture.tell(only, directory, name, isDirectory);
    // Several of these bits: truncating a file that is setuid both modifies it
    // and changes its mode.
    for (const [bit, type] of CONTENT_TYPES) {
      if (mask & bit) this.#picture.tell(type, directory, name, isDirectory);
    }
  }

  /** The entry has moved out of the watched trees. */
  #leave(directory: Directory, event: InotifyEvent): void {
    // This, too, may have been an exchange, and the first half of it over what
    // had come just before: the kernel keeps one of two arrivals in a row.
    const hasJustCome = this.#arrivals.get(directory)?.name === event.name;
    if (hasJustCome) this.#scans.add(directory);
    this.#picture.leave(directory, event);
  }

  /** An entry has moved into the watched trees. */
  #arrive(directory: Directory, event: InotifyEvent): void {
    const { mask, name } = event;
    const isDirectory = (mask & IN.ISDIR) !== 0;
    if (this.#picture.excludes(directory, name, isDirectory)) return;
    const known = directory.entries.get(name);
    const isOver = known !== undefined;
    this.#arrivals.set(directory, { name, isOver });
    if (isOver && isDirectory !== (known !== false)) return;
    if (known instanceof Directory) {
      // Without a watch it is what a scan of this directory has just found.
      if (known.wd < 0) return;
      this.#displace(known);
    }
    this.#picture.arrive(directory, event);
  }

  #applyMove(move: Move): void {
    const { from, to } = move;
    const isDirectory = (to.mask & IN.ISDIR) !== 0;
    let source = this.#watches.get(from.wd);
    let target = this.#watches.get(to.wd);
    while (source || target) {
      const nextSource = source?.twin;
      const nextTarget = target?.twin;
      const known = source?.entries.get(from.name);
      const isKnown = known !== undefined && isDirectory === (known !== false);
      const isFollowed = target !== undefined &&
        !this.#picture.excludes(target, to.name, isDirectory);
      if (isKnown && isFollowed) {
        this.#move(source!, target!, move);
      } else if (isKnown) {
        this.#leave(source!, from);
      } else if (isFollowed) {
        this.#arrive(target!, to);
      }
      source = nextSource;
      target = nextTarget;
    }
  }

  #move(source: Directory, target: Directory, move: Move): void {
    const { from, to } = move;
    const entry = source.entries.get(from.name)!;
    if (entry instanceof Directory && target.isWithin(entry)) {
      // No directory moves into itself: since an overflow the picture is wrong.
      this.#scans.add(source);
      this.#scans.add(target);
      return;
    }
    // What was moved over a name, and then that name moved away, may have been
    // an exchange, and the tree has lost an entry. Only the disk can tell.
    const last = this.#arrivals.get(source);
    if (last?.isOver && last.name === from.name) this.#scans.add(source);
    const replaced = target.entries.get(to.name);
    const isOver = replaced !== undefined;
    this.#arrivals.set(target, { name: to.name, isOver });
    if (replaced instanceof Directory) this.#displace(replaced);
    this.#picture.move(source, target, move);
    if (entry instanceof Directory && entry.wd >= 0 && !entry.twin) {
      this.#unconfirmed.set(entry, { source, to });
    }
  }

  /** A directory was itself moved: this follows what its parents report. */
  #movedSelf(first: Directory): void {
    let next: Directory | undefined;
    for (let at: Directory | undefined = first; at; at = next) {
      next = at.twin;
      if (at instanceof RootDirectory) {
        this.#options.emit({ type: "move_self", path: at.path });
        this.#lose(at);
      } else {
        this.#confirmMove(at);
      }
    }
  }

  #confirmMove(directory: Directory): void {
    const { parent, name } = directory;
    const displaced = this.#displaced.get(parent!.wd);
    if (displaced?.directory === directory) {
      return this.#exchange(displaced);
    }
    if (displaced?.next && displaced.directory.name === name) {
      this.#conclude(displaced);
      this.#unconfirmed.delete(directory);
      return;
    }
    const first = this.#moves.withdraw(parent!.wd, name);
    if (first) {
      this.#apply(first);
    } else if (!this.#unconfirmed.delete(directory) && !directory.twin) {
      this.#scans.add(parent!);
      this.#scans.add(directory);
    }
  }

  /** After `event` of a directory, no move from or to there is confirmed. */
  #refuteMoves(event: InotifyEvent): void {
    for (const [directory, { source, to }] of this.#unconfirmed) {
      if (to === event) continue;
      if (source.wd === event.wd || to.wd === event.wd) this.#doubt(directory);
    }
  }

  /** Another directory was moved than `directory`, and the disk tells which. */
  #doubt(directory: Directory): void {
    const { source } = this.#unconfirmed.get(directory)!;
    this.#unconfirmed.delete(directory);
    for (const each of [source, directory.parent!, directory]) {
      this.#scans.add(each);
    }
  }

  // Directories in whose place another one came

  #displace(directory: Directory): void {
    const { wd } = directory.parent!;
    if (directory.wd < 0 || directory.twin || this.#displaced.has(wd)) {
      this.#picture.drop(directory);
    } else {
      this.#displaced.set(wd, { directory, events: [] });
    }
  }

  /** Whether `half` is, or may be, the other half of an exchange. */
  #isOfDisplaced(half: InotifyEvent, event: InotifyEvent | Move): boolean {
    const displaced = this.#displaced.get(half.wd);
    if (!displaced || (half.mask & (NAMES | SELF)) === 0) {
      return false;
    }
    const isNext = displaced.next === undefined &&
      (half.mask & IN.MOVED_FROM) !== 0 && (half.mask & IN.ISDIR) !== 0 &&
      half.name === displaced.directory.name;
    if (isNext) displaced.next = event;
    else this.#conclude(displaced);
    return isNext;
  }

  /** It was deleted; whatever came next was about the other directory. */
  #conclude(displaced: Displaced): void {
    this.#settleDisplaced(displaced);
    this.#picture.drop(displaced.directory);
    if (displaced.next) this.#apply(displaced.next);
  }

  /** It went where the other directory was, or out of the watched trees. */
  #exchange(displaced: Displaced): void {
    const { directory, events } = displaced;
    const { parent, name } = directory;
    const next = displaced.next ?? this.#moves.withdraw(parent!.wd, name);
    this.#settleDisplaced(displaced);
    const to = next && "to" in next ? next.to : undefined;
    const target = to && this.#watches.get(to.wd);
    if (!target || this.#picture.excludes(target, to.name, true)) {
      this.#picture.drop(directory);
      return;
    }
    const replaced = target.entries.get(to.name);
    if (replaced instanceof Directory) this.#picture.drop(replaced);
    this.#picture.moveIn(directory, target, to);
    for (const event of events) this.#take(event);
  }

  #settleDisplaced(displaced: Displaced): void {
    for (const [wd, other] of this.#displaced) {
      if (other === displaced) this.#displaced.delete(wd);
    }
  }

  // What did not come

  #settleInTime(isEmpty: boolean): void {
    if (!this.isUnsettled) {
      this.#unsettledAt = Infinity;
      return;
    }
    const now = performance.now();
    this.#unsettledAt = Math.min(this.#unsettledAt, now);
    // Where the queue does not run empty, there is more to wait for, but not
    // for ever.
    const patience = isEmpty ? PATIENCE : 10 * PATIENCE;
    if (now - this.#unsettledAt < patience) return;
    this.#unsettledAt = Infinity;
    this.#settleNow();
    for (const directory of this.#unconfirmed.keys()) this.#doubt(directory);
  }

  #settleNow(): void {
    this.#moves.release();
    for (const displaced of this.#displaced.values()) this.#conclude(displaced);
  }

  #overflow(): void {
    const since = this.#emptyAt - CLOCK_TICK;
    this.#settleNow();
    this.#unconfirmed.clear();
    this.#options.emit({ type: "overflow" });
    for (const root of this.#picture.roots) this.#scans.add(root, since);
    this.observer?.recheck(since);
  }

  /** Every directory of a file system tells that it is unmounted. */
  #leaveUnmounted(): void {
    for (const directory of this.#unmounted) {
      const { parent, path, gone } = directory;
      if (gone || parent && this.#unmounted.has(parent)) continue;
      this.#options.emit({ type: "unmount", path });
      if (directory instanceof RootDirectory) this.#lose(directory);
      else this.#scans.add(directory, NEVER);
    }
    this.#unmounted.clear();
  }

  #lose(root: RootDirectory, error?: SystemError): void {
    if (!this.#picture.roots.has(root)) return;
    this.remove(root);
    this.observer?.lost(root, error);
  }
}
