/**
 * What renames mean for the trees.
 *
 * The events of a rename name an entry, and which file or directory that is, the
 * tree has to know. Where they do not agree with it, or fit two renames alike,
 * the entries are in doubt until the disk was asked; what is about them waits.
 */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import { IN, NAMES } from "../kernel/mask.ts";
import type { Doubts } from "./doubts.ts";
import { EntryMap } from "./entry_map.ts";
import { type Move, MovePairer, type Rename } from "./move_pairer.ts";
import { Directory, UNWATCHED } from "./node.ts";
import type { WatchTable } from "./watch_table.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { WatchTree } from "./watch_tree.ts";

/** What {@linkcode MoveResolver} changes, and where other events go. */
export interface MoveResolverOptions {
  readonly watches: WatchTable;
  readonly lostMoves: LostMoves;
  readonly tree: WatchTree;
  readonly doubts: Doubts;
  /** Takes every event that is not of a rename, when it is its turn. */
  readonly pass: (event: InotifyEvent) => void;
  /** Whether the listing of `directory` may lack entries that events are about. */
  readonly isJustScanned: (directory: Directory) => boolean;
  /** Takes an event of an entry that `directory` does not have. */
  readonly onUnknown: (directory: Directory, event: InotifyEvent) => void;
}

/** The last entry that was moved into a directory. */
interface Arrival {
  readonly name: string;
  /** Where it came from, if that is watched. */
  readonly from: InotifyEvent | undefined;
  /** Whether there may have been something of that name. */
  readonly isOver: boolean;
}

/** Applies renames to a tree, and passes all other events on. */
export class MoveResolver {
  readonly #options: MoveResolverOptions;
  readonly #pairer: MovePairer;
  readonly #arrivals = new WeakMap<Directory, Arrival>();
  /** What is about entries in doubt, or about what lies below them. */
  #held: (InotifyEvent | Move)[] = [];
  /** The watches that they are of: whatever else these report waits, too. */
  readonly #heldWatches = new Set<number>();
  /** The entries that came or went by them. */
  readonly #heldEntries = new EntryMap<true>();
  /** Renames that were pending when the disk was asked. */
  #locked: readonly Rename[] = [];

  constructor(options: MoveResolverOptions) {
    this.#options = options;
    this.#pairer = new MovePairer({
      watchOf: (event) => this.#watchOf(event),
      pass: (event) => this.#take(event),
      refute: (event) => this.#refute(event),
    });
  }

  /** Whether the disk is to be asked, or an event of a rename may be missing. */
  get isUnsettled(): boolean {
    return !this.#options.doubts.isEmpty || this.#pairer.pending.size > 0 ||
      this.#held.length > 0;
  }

  /**
   * Whether another directory may be at the path of `directory`, or none, or its
   * listing may be newer than what waits here.
   */
  isUnclear(directory: Directory): boolean {
    const { doubts } = this.#options;
    if (doubts.isAbove(directory)) return true;
    if (!this.isUnsettled) return false;
    const pending = [...this.#pairer.pending];
    const { wd } = directory;
    const isWaiting = this.#heldWatches.has(wd) || doubts.hasAnyIn(directory) ||
      pending.some(({ from, to }) => from.wd === wd || to?.wd === wd);
    if (isWaiting) return true;
    for (let at = directory; at.parent; at = at.parent) {
      const { name, parent } = at;
      if (this.#heldEntries.has(parent, name)) return true;
      const isMoving = pending.some(({ from, to }) =>
        from.wd === parent.wd && from.name === name ||
        to?.wd === parent.wd && to.name === name
      );
      if (isMoving) return true;
    }
    return false;
  }

  /** Takes the next event. */
  take(event: InotifyEvent): void {
    // Of most events there is nothing to find out.
    if ((event.mask & (IN.MOVE | IN.MOVE_SELF)) === 0 && !this.isUnsettled) {
      this.#options.pass(event);
    } else if (this.#options.watches.get(event.wd) === undefined) {
      this.#options.pass(event);
    } else {
      this.#pairer.take(event);
    }
  }

  /**
   * Asks the disk about what is in doubt, before the events are read of what it
   * did until then.
   */
  probe(): void {
    const { doubts } = this.#options;
    // What is in doubt at one end of a move is so at the other one.
    let count;
    do {
      count = doubts.size;
      for (const event of this.#held) {
        if (
          halvesOf(event).some((half) => isOfName(half) && doubts.has(half))
        ) {
          this.#doubt(halvesOf(event));
        }
      }
    } while (doubts.size > count);
    this.#locked = [...this.#pairer.pending];
    doubts.probe(this.#locked.map(({ from }) => from.wd));
  }

  /** Settles what {@linkcode probe} asked about; the events are all taken. */
  settle(): void {
    const { doubts } = this.#options;
    this.#pairer.flush(this.#locked);
    this.#locked = [];
    const settled = doubts.settle();
    if (!settled) return;
    const held = this.#takeHeld();
    const { watches } = this.#options;
    for (const event of held) {
      // What the disk says is newer.
      const halves = halvesOf(event);
      const isOver = halves.some((half) =>
        settled.hasOf(half, watches) && (isOfName(half) || !this.#isKnown(half))
      );
      if (!isOver) this.#take(event);
      else this.#doubt(halves.filter((half) => !settled.hasOf(half, watches)));
    }
  }

  /** Forgets what is open: events were lost, and all is to be listed. */
  abandon(): void {
    this.#pairer.clear();
    this.#options.doubts.clear();
    for (const event of this.#takeHeld()) {
      if (!("from" in event) && !isOfName(event)) this.#options.pass(event);
    }
  }

  #hold(event: InotifyEvent | Move): void {
    this.#held.push(event);
    for (const half of halvesOf(event)) {
      this.#heldWatches.add(half.wd);
      if (!isOfName(half)) continue;
      for (const directory of this.#aliases(half)) {
        this.#heldEntries.set(directory, half.name, true);
      }
    }
  }

  #takeHeld(): (InotifyEvent | Move)[] {
    const held = this.#held;
    this.#held = [];
    this.#heldWatches.clear();
    this.#heldEntries.clear();
    return held;
  }

  #isKnown(event: InotifyEvent): boolean {
    return this.#aliases(event).some((at) => knows(at, event));
  }

  /** The watch of the directory that `event`, a first half, is about. */
  #watchOf(event: InotifyEvent): number {
    for (const directory of this.#aliases(event)) {
      const entry = directory.entries.get(event.name);
      if (entry instanceof Directory && isDirectoryEvent(event)) {
        return entry.wd;
      }
    }
    return UNWATCHED;
  }

  /** It was of another directory than is known to be there. */
  #refute(event: InotifyEvent | Move): void {
    if ("from" in event || (event.mask & IN.MOVE_SELF) === 0) {
      this.#doubt(halvesOf(event));
      return;
    }
    for (const { parent, name } of this.#aliases(event)) {
      if (parent) this.#options.doubts.add(parent, name);
    }
  }

  #doubt(halves: readonly InotifyEvent[]): void {
    for (const half of halves) {
      for (const directory of this.#aliases(half)) {
        this.#options.doubts.add(directory, half.name, half);
      }
    }
  }

  /** Takes an event, or a whole rename, when it is its turn. */
  #take(event: InotifyEvent | Move): void {
    const { doubts } = this.#options;
    if (!doubts.isEmpty || this.#held.length > 0) {
      const halves = halvesOf(event);
      if (halves.some((half) => isOfName(half) && doubts.has(half))) {
        this.#doubt(halves);
        return;
      }
      const isHeld = halves.some((half) =>
        this.#heldWatches.has(half.wd) || doubts.concern(half)
      );
      if (isHeld) {
        this.#hold(event);
        return;
      }
    }
    if ("from" in event) this.#applyMove(event);
    else if (event.mask & IN.MOVE) this.#applyHalf(event);
    else this.#options.pass(event);
  }

  #applyHalf(event: InotifyEvent): void {
    this.#options.lostMoves.reportFor(event);
    for (const at of this.#aliases(event)) {
      if (event.mask & IN.MOVED_TO) this.#movedIn(at, event);
      else if (knows(at, event)) this.#movedOut(at, event);
      else this.#options.onUnknown(at, event);
    }
  }

  #applyMove(move: Move): void {
    const { from, to } = move;
    const { lostMoves, tree, onUnknown } = this.#options;
    lostMoves.reportFor(from);
    lostMoves.reportFor(to);
    const sources = this.#aliases(from).filter((at) => {
      const isKnown = knows(at, from);
      if (!isKnown) onUnknown(at, from);
      return isKnown;
    });
    const targets = this.#aliases(to).filter((at) =>
      !tree.excludes(at, to.name, isDirectoryEvent(to))
    );
    const count = Math.max(sources.length, targets.length);
    for (let i = 0; i < count; i++) {
      const source = sources[i];
      const target = targets[i];
      if (source && target) this.#move(source, target, move);
      else if (source) this.#movedOut(source, from);
      else this.#movedIn(target!, to, from);
    }
  }

  /** The entry has moved out of the watched trees. */
  #movedOut(directory: Directory, event: InotifyEvent): void {
    const { tree, doubts } = this.#options;
    tree.movedOut(directory, event);
    // With what came before, this may be an exchange: of two that are alike, the
    // kernel keeps one arrival.
    const hasJustCome = this.#arrivals.get(directory)?.name === event.name;
    if (hasJustCome) doubts.add(directory, event.name);
  }

  /** An entry has moved into the watched trees, or `from` an unknown name. */
  #movedIn(
    directory: Directory,
    event: InotifyEvent,
    from?: InotifyEvent,
  ): void {
    const { tree, doubts } = this.#options;
    const { name } = event;
    const isDirectory = isDirectoryEvent(event);
    if (tree.excludes(directory, name, isDirectory)) return;
    const known = directory.entries.get(name);
    // Both names of an exchange are missing in a listing of btrfs that was made
    // at this time, as are those that are new.
    const isOver = known !== undefined || from !== undefined;
    this.#arrivals.set(directory, { name, from, isOver });
    const isAnother = known !== undefined && isDirectory !== (known !== false);
    if (isAnother || known instanceof Directory && known.wd === UNWATCHED) {
      // A scan may have found it before this event was read.
      doubts.add(directory, name, event);
      return;
    }
    if (known instanceof Directory) this.#replace(known);
    tree.movedIn(directory, event);
  }

  #move(source: Directory, target: Directory, move: Move): void {
    const { from, to } = move;
    const { tree, doubts } = this.#options;
    const entry = source.entries.get(from.name)!;
    if (entry instanceof Directory && target.isWithin(entry)) {
      // No directory moves into itself: the picture is wrong.
      this.#doubt([from, to]);
      return;
    }
    const last = this.#arrivals.get(source);
    const replaced = target.entries.get(to.name);
    const isOver = replaced !== undefined ||
      this.#options.isJustScanned(target);
    this.#arrivals.set(target, { name: to.name, from, isOver });
    if (replaced instanceof Directory) {
      // Most often it was empty and is deleted by that. In an exchange it is
      // where the other one was.
      this.#replace(replaced);
      doubts.add(source, from.name);
    }
    tree.move(source, target, move);
    // What was moved over a name, and from there to where it came from, may have
    // been exchanged. Then it is the other one that is there.
    const isBack = last?.isOver && last.name === from.name &&
      last.from?.wd === to.wd && last.from.name === to.name;
    if (isBack) {
      doubts.add(source, from.name);
      doubts.add(target, to.name, { ...to, mask: IN.CREATE });
    }
  }

  #replace(directory: Directory): void {
    this.#options.doubts.displace(directory);
  }

  /** The directories that `event` is of, those of given files last. */
  #aliases({ wd }: InotifyEvent): Directory[] {
    const aliases: Directory[] = [];
    let at = this.#options.watches.get(wd);
    for (; at; at = at.nextAlias) aliases.push(at);
    return aliases;
  }
}

function halvesOf(event: InotifyEvent | Move): InotifyEvent[] {
  return "from" in event ? [event.from, event.to] : [event];
}

/** Whether it says that an entry has come or gone. */
function isOfName({ mask }: InotifyEvent): boolean {
  return (mask & NAMES) !== 0;
}

/** Whether `directory` has the entry that `event` is about. */
function knows(directory: Directory, event: InotifyEvent): boolean {
  const entry = directory.entries.get(event.name);
  return entry !== undefined && isDirectoryEvent(event) === (entry !== false);
}
