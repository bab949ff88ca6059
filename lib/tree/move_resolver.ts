/**
 * What renames mean for the tree.
 *
 * Two halves tell of a rename, and by names only: which directory it was that
 * had a name is for the tree to say, and `IN.MOVE_SELF` confirms it. All of them
 * are reported before the kernel unlocks the two directories that they are of.
 * What speaks against each other is left to a scan.
 */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import { type Move, MovePairer } from "./move_pairer.ts";
import type { WatchTree } from "./watch_tree.ts";
import type { ScanQueue } from "./scan_queue.ts";
import { Directory, RootDirectory } from "./node.ts";
import type { WatchTable } from "./watch_table.ts";

/** What {@linkcode MoveResolver} change, and whom they tell. */
export interface MoveResolverOptions {
  readonly watches: WatchTable;
  readonly scans: ScanQueue;
  readonly tree: WatchTree;
  /** Takes every event that is not of a rename, when it is its turn. */
  readonly pass: (event: InotifyEvent) => void;
  /** Takes an event of an entry that `directory` does not have. */
  readonly onUnknown: (directory: Directory, event: InotifyEvent) => void;
  /** Is told that a root was moved. */
  readonly movedRoot: (root: RootDirectory) => void;
}

/** Something that was moved into a directory. */
interface LastMoveIn {
  readonly name: string;
  /** Whether something of that name was known. */
  readonly isOver: boolean;
}

/** How a directory was moved, until `IN.MOVE_SELF` says that it was this one. */
interface PendingMove {
  readonly since: number;
  readonly source: Directory;
  readonly to: InotifyEvent;
}

/**
 * A directory whose place another one has taken. Most often it was empty and is
 * deleted by that. But the two may also change places: then the next event of
 * the directory that they are in is about the one displaced, under a name which
 * is by then the other's, and `IN.MOVE_SELF` tells which of them it was.
 */
interface ReplacedDirectory {
  readonly since: number;
  readonly directory: Directory;
  /** That next event, until its subject is known. */
  next?: InotifyEvent | Move;
  /** What happened in the directory meanwhile. */
  readonly events: InotifyEvent[];
}

/** Applies renames to a tree, and passes all other events on. */
export class MoveResolver {
  readonly #options: MoveResolverOptions;
  readonly #pairer = new MovePairer((event) => this.#apply(event));
  /** What was last moved into each directory. */
  readonly #lastMoveIn = new WeakMap<Directory, LastMoveIn>();
  readonly #pendingMoves = new Map<Directory, PendingMove>();
  /** By the watch of the directory that they were in. */
  readonly #replaced = new Map<number, ReplacedDirectory>();
  /** When the events were read that are taken now. */
  #now = 0;

  constructor(options: MoveResolverOptions) {
    this.#options = options;
  }

  /** Whether something waits for a later event, or for none to come. */
  get isUnsettled(): boolean {
    return this.#pairer.pending.size > 0 || this.#replaced.size > 0 ||
      this.#pendingMoves.size > 0;
  }

  /** Whether it is open where a directory went: paths are in doubt then. */
  get isBlocking(): boolean {
    return this.#replaced.size > 0 ||
      this.#pairer.pending.keys().some(isDirectoryEvent);
  }

  /** Takes the next event, which was read at the time `now`. */
  take(event: InotifyEvent, now: number): void {
    this.#now = now;
    // Of most events there is nothing to find out.
    if ((event.mask & (IN.MOVE | IN.MOVE_SELF)) === 0 && !this.isUnsettled) {
      this.#options.pass(event);
      return;
    }
    this.#take(event);
    if (event.mask & NAMES) this.#invalidate(event);
  }

  /** Waits no longer for what it has waited for since `end`, or before. */
  settle(end = Infinity): void {
    this.#pairer.flush((_, since) => since <= end);
    for (const displaced of this.#replaced.values()) {
      if (displaced.since <= end) this.#conclude(displaced);
    }
    for (const [directory, { since }] of this.#pendingMoves) {
      if (since <= end) this.#rescan(directory);
    }
  }

  #take(event: InotifyEvent): void {
    const directory = this.#options.watches.get(event.wd);
    if (directory === undefined) {
      this.#options.pass(event);
      return;
    }
    if (event.mask & IN.MOVE_SELF) {
      this.#movedSelf(directory);
      return;
    }
    for (const displaced of this.#replaced.values()) {
      if (!directory.isWithin(displaced.directory)) continue;
      const isEnd = directory === displaced.directory &&
        (event.mask & (IN.DELETE_SELF | IN.IGNORED)) !== 0;
      if (isEnd) this.#conclude(displaced);
      else displaced.events.push(event);
      return;
    }
    this.#pairer.take(event, this.#now);
  }

  #apply(event: InotifyEvent | Move): void {
    const first = "from" in event ? event.from : event;
    if (this.#isOfReplaced(first, event)) return;
    if ("from" in event) {
      if (event.to.wd !== first.wd) this.#isOfReplaced(event.to, event);
      this.#applyMove(event);
    } else if (event.mask & IN.MOVE) {
      this.#applyHalf(event);
    } else {
      this.#options.pass(event);
    }
  }

  // Halves and pairs

  #applyHalf(event: InotifyEvent): void {
    let next: Directory | undefined;
    for (let at = this.#options.watches.get(event.wd); at; at = next) {
      next = at.nextAlias;
      if (event.mask & IN.MOVED_TO) this.#movedIn(at, event);
      else if (knows(at, event)) this.#movedOut(at, event);
      else this.#options.onUnknown(at, event);
    }
  }

  #applyMove(move: Move): void {
    const { from, to } = move;
    const { watches, tree, onUnknown } = this.#options;
    let source = watches.get(from.wd);
    let target = watches.get(to.wd);
    while (source || target) {
      const nextSource = source?.nextAlias;
      const nextTarget = target?.nextAlias;
      const isKnown = source !== undefined && knows(source, from);
      const isFollowed = target !== undefined &&
        !tree.excludes(target, to.name, isDirectoryEvent(to));
      if (source && !isKnown) onUnknown(source, from);
      if (isKnown && isFollowed) this.#move(source!, target!, move);
      else if (isKnown) this.#movedOut(source!, from);
      else if (isFollowed) this.#movedIn(target!, to);
      source = nextSource;
      target = nextTarget;
    }
  }

  /** The entry has moved out of the watched trees. */
  #movedOut(directory: Directory, event: InotifyEvent): void {
    const { tree, scans } = this.#options;
    // This may have been an exchange, too, and the first half of it over what
    // had come just before: the kernel keeps one of two arrivals in a row.
    const hasJustCome = this.#lastMoveIn.get(directory)?.name === event.name;
    if (hasJustCome) scans.add(directory);
    tree.movedOut(directory, event);
  }

  /** An entry has moved into the watched trees. */
  #movedIn(directory: Directory, event: InotifyEvent): void {
    const { tree } = this.#options;
    const { name } = event;
    const isDirectory = isDirectoryEvent(event);
    if (tree.excludes(directory, name, isDirectory)) return;
    const known = directory.entries.get(name);
    const isOver = known !== undefined;
    this.#lastMoveIn.set(directory, { name, isOver });
    if (isOver && isDirectory !== (known !== false)) return;
    if (known instanceof Directory) {
      // Without a watch it is what a scan of this directory has just found.
      if (known.wd < 0) return;
      this.#replace(known);
    }
    tree.movedIn(directory, event);
  }

  #move(source: Directory, target: Directory, move: Move): void {
    const { from, to } = move;
    const { tree, scans } = this.#options;
    const entry = source.entries.get(from.name)!;
    if (entry instanceof Directory && target.isWithin(entry)) {
      // No directory moves into itself: since an overflow the picture is wrong.
      scans.add(source);
      scans.add(target);
      return;
    }
    // What was moved over a name, and then that name moved away, may have been
    // an exchange, and the tree has lost an entry. Only the disk can tell.
    const last = this.#lastMoveIn.get(source);
    if (last?.isOver && last.name === from.name) scans.add(source);
    const replaced = target.entries.get(to.name);
    const isOver = replaced !== undefined;
    this.#lastMoveIn.set(target, { name: to.name, isOver });
    if (replaced instanceof Directory) this.#replace(replaced);
    tree.move(source, target, move);
    if (entry instanceof Directory && entry.wd >= 0 && !entry.nextAlias) {
      this.#pendingMoves.set(entry, { since: this.#now, source, to });
    }
  }

  // Which directory it was

  /** A directory was itself moved: this follows what its parents report. */
  #movedSelf(first: Directory): void {
    let next: Directory | undefined;
    for (let at: Directory | undefined = first; at; at = next) {
      next = at.nextAlias;
      if (at instanceof RootDirectory) this.#options.movedRoot(at);
      else this.#confirm(at);
    }
  }

  #confirm(directory: Directory): void {
    const { parent, name } = directory;
    const displaced = this.#replaced.get(parent!.wd);
    if (displaced?.directory === directory) {
      this.#exchange(displaced);
      return;
    }
    if (displaced?.next && displaced.directory.name === name) {
      this.#conclude(displaced);
      this.#pendingMoves.delete(directory);
      return;
    }
    const first = this.#pairer.takePending(parent!.wd, name);
    if (first) {
      // What came there in its own right has left itself: nobody took its place.
      const isSure = this.#lastMoveIn.get(parent!)?.isOver === false;
      if (isSure) this.#lastMoveIn.delete(parent!);
      this.#apply(first);
    } else if (!this.#pendingMoves.delete(directory) && !directory.nextAlias) {
      this.#options.scans.add(parent!);
      this.#options.scans.add(directory);
    }
  }

  /** Behind `event`, nothing confirms a move from or to its directory any more. */
  #invalidate(event: InotifyEvent): void {
    for (const [directory, { source, to }] of this.#pendingMoves) {
      if (to === event) continue;
      if (source.wd === event.wd || to.wd === event.wd) this.#rescan(directory);
    }
  }

  /** Another directory than this was moved, and the disk tells which. */
  #rescan(directory: Directory): void {
    const { source } = this.#pendingMoves.get(directory)!;
    this.#pendingMoves.delete(directory);
    for (const each of [source, directory.parent!, directory]) {
      this.#options.scans.add(each);
    }
  }

  // Directories in whose place another one came

  #replace(directory: Directory): void {
    // Whatever left it, of which a half still waits, did so before that.
    this.#pairer.flush((from) => this.#isWithin(from, directory));
    const { wd } = directory.parent!;
    if (directory.wd < 0 || directory.nextAlias || this.#replaced.has(wd)) {
      this.#options.tree.drop(directory);
    } else {
      this.#replaced.set(wd, { since: this.#now, directory, events: [] });
    }
  }

  /** Whether `event` is of `directory` or of one below it. */
  #isWithin({ wd }: InotifyEvent, directory: Directory): boolean {
    for (let at = this.#options.watches.get(wd); at; at = at.nextAlias) {
      if (at.isWithin(directory)) return true;
    }
    return false;
  }

  /** Whether `half` is, or may be, the other half of an exchange. */
  #isOfReplaced(half: InotifyEvent, event: InotifyEvent | Move): boolean {
    const displaced = this.#replaced.get(half.wd);
    if (!displaced || (half.mask & (NAMES | SELF)) === 0) return false;
    const isNext = displaced.next === undefined &&
      (half.mask & IN.MOVED_FROM) !== 0 && isDirectoryEvent(half) &&
      half.name === displaced.directory.name;
    if (isNext) displaced.next = event;
    else this.#conclude(displaced);
    return isNext;
  }

  /** It was deleted; whatever came next was about the other directory. */
  #conclude(displaced: ReplacedDirectory): void {
    this.#forget(displaced);
    this.#options.tree.drop(displaced.directory);
    if (displaced.next) this.#apply(displaced.next);
  }

  /** It went where the other directory was, or out of the watched trees. */
  #exchange(displaced: ReplacedDirectory): void {
    const { tree, watches } = this.#options;
    const { directory, events } = displaced;
    const { parent, name } = directory;
    const next = displaced.next ?? this.#pairer.takePending(parent!.wd, name);
    this.#forget(displaced);
    const to = next && "to" in next ? next.to : undefined;
    const target = to && watches.get(to.wd);
    if (!target || tree.excludes(target, to.name, true)) {
      tree.drop(directory);
      return;
    }
    const replaced = target.entries.get(to.name);
    if (replaced instanceof Directory) tree.drop(replaced);
    tree.moveIn(directory, target, to);
    for (const event of events) this.#take(event);
  }

  #forget(displaced: ReplacedDirectory): void {
    for (const [wd, other] of this.#replaced) {
      if (other === displaced) this.#replaced.delete(wd);
    }
  }
}

/** Whether `directory` has the entry that `event` is about. */
function knows(directory: Directory, event: InotifyEvent): boolean {
  const entry = directory.entries.get(event.name);
  return entry !== undefined && isDirectoryEvent(event) === (entry !== false);
}
