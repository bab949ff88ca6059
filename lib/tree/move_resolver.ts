/**
 * Applies renames to the trees.
 *
 * The events of a rename have only the names of an entry. The tree knows which file
 * or directory it is. If the events contradict the tree, or fit two different
 * renames, the entries are in doubt until they are looked up. Until then, events
 * about them are held back.
 */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import { IN, NAMES } from "../kernel/mask.ts";
import type { Doubts } from "./doubts.ts";
import { EntryMap } from "./entry_map.ts";
import { FileExchanges } from "./file_exchanges.ts";
import { isLinkedBelow } from "./followed_links.ts";
import { type Move, MovePairer, type Rename } from "./move_pairer.ts";
import { Directory, UNWATCHED } from "./node.ts";
import type { WatchTable } from "./watch_table.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { WatchTree } from "./watch_tree.ts";

/** The parts of a tree watcher that {@linkcode MoveResolver} needs. */
export interface MoveResolverParts {
  readonly watches: WatchTable;
  readonly lostMoves: LostMoves;
  readonly tree: WatchTree;
  readonly doubts: Doubts;
  /** Called with every event that is not of a rename, in order. */
  readonly pass: (event: InotifyEvent) => void;
  /** Compares directories, and everything below them, with the disk. */
  readonly rescan: (directories: readonly Directory[]) => void;
  /** Returns whether the listing of `directory` may lack the entry of an event. */
  readonly isJustScanned: (directory: Directory) => boolean;
  /** Called with an event of an entry that `directory` does not have. */
  readonly onUnknown: (directory: Directory, event: InotifyEvent) => void;
}

/** How many pending renames a step looks up: each opens a directory. */
const MAX_LOCKED = 256;

/** The last entry that was moved into a directory. */
interface LastMoveIn {
  readonly name: string;
  /** The first half of the move, if the old place is watched. */
  readonly from: InotifyEvent | undefined;
  /** Whether the entry may have replaced another one. */
  readonly isOver: boolean;
}

/** Applies renames to a tree, and passes on all other events. */
export class MoveResolver {
  readonly #parts: MoveResolverParts;
  readonly #pairer: MovePairer;
  readonly #lastMoveIn = new WeakMap<Directory, LastMoveIn>();
  /** The events about entries in doubt, or about anything below them. */
  #held: (InotifyEvent | Move)[] = [];
  /** The watches of these events. All their later events are held back as well. */
  readonly #heldWatches = new Set<number>();
  /** The entries that these events add or remove. */
  readonly #heldEntries = new EntryMap<true>();
  readonly #exchanges: FileExchanges;
  /** The renames that were pending at the last {@linkcode probe}. */
  #locked: readonly Rename[] = [];

  constructor(parts: MoveResolverParts) {
    this.#parts = parts;
    this.#exchanges = new FileExchanges(parts);
    this.#pairer = new MovePairer({
      watchOf: (event) => this.#watchOf(event),
      pass: (event) => this.#take(event),
      invalidate: (event) => this.#invalidate(event),
    });
  }

  /** Whether any entry is in doubt, or a rename may have another event. */
  get isUnsettled(): boolean {
    return !this.#parts.doubts.isEmpty || this.#pairer.pending.size > 0 ||
      this.#held.length > 0;
  }

  /**
   * Returns whether another directory may be at the path of `directory`, or whether
   * its listing may be newer than an event that is held back.
   */
  isUnclear(directory: Directory): boolean {
    const { doubts } = this.#parts;
    if (doubts.isAbove(directory)) return true;
    if (!this.isUnsettled) return false;
    const { wd } = directory;
    const isWaiting = this.#heldWatches.has(wd) || doubts.hasAnyIn(directory) ||
      this.#pairer.pendingIn(wd) !== undefined;
    if (isWaiting) return true;
    for (let at = directory; at.parent; at = at.parent) {
      const { name, parent } = at;
      if (this.#heldEntries.has(parent, name)) return true;
      const { from, to } = this.#pairer.pendingIn(parent.wd) ?? {};
      const isMoving = from?.wd === parent.wd && from.name === name ||
        to?.wd === parent.wd && to.name === name;
      if (isMoving) return true;
    }
    return false;
  }

  /** Takes the next event. */
  take(event: InotifyEvent): void {
    // Most events are neither of a rename nor to be held back.
    if ((event.mask & (IN.MOVE | IN.MOVE_SELF)) === 0 && !this.isUnsettled) {
      this.#parts.pass(event);
    } else if (this.#parts.watches.get(event.wd) === undefined) {
      this.#parts.pass(event);
    } else {
      this.#pairer.take(event);
    }
  }

  /**
   * Looks up the entries in doubt. The events of all changes up to then have to be
   * read after this.
   */
  probe(): void {
    const { doubts } = this.#parts;
    // If one end of a move is in doubt, the other end is as well.
    let count;
    do {
      count = doubts.size;
      for (const event of this.#held) {
        if (
          halvesOf(event).some((half) => isOfName(half) && doubts.has(half))
        ) {
          this.#rescan(halvesOf(event));
        }
      }
    } while (doubts.size > count);
    this.#locked = this.#pairer.pending.values().take(MAX_LOCKED).toArray();
    doubts.probe(this.#locked.map(({ from }) => from.wd));
  }

  /** Applies what {@linkcode probe} found, after the events that were read since. */
  settle(): void {
    const { doubts } = this.#parts;
    this.#pairer.flush(this.#locked);
    this.#locked = [];
    const settled = doubts.settle();
    if (!settled) return;
    this.#exchanges.report(settled);
    const held = this.#takePending();
    const { watches } = this.#parts;
    for (const event of held) {
      // What was found is newer than the event.
      const halves = halvesOf(event);
      const isOver = halves.some((half) =>
        settled.hasOf(half, watches) && (isOfName(half) || !this.#isKnown(half))
      );
      if (!isOver) this.#take(event);
      else this.#rescan(halves.filter((half) => !settled.hasOf(half, watches)));
    }
  }

  /** Discards all doubts: events were lost, and every directory is listed again. */
  abandon(): void {
    this.#pairer.clear();
    this.#parts.doubts.clear();
    this.#exchanges.clear();
    for (const event of this.#takePending()) {
      if (!("from" in event) && !isOfName(event)) this.#parts.pass(event);
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

  #takePending(): (InotifyEvent | Move)[] {
    const held = this.#held;
    this.#held = [];
    this.#heldWatches.clear();
    this.#heldEntries.clear();
    return held;
  }

  #isKnown(event: InotifyEvent): boolean {
    return this.#aliases(event).some((at) => knows(at, event));
  }

  /** Returns the watch of the moved directory; `event` is the first half. */
  #watchOf(event: InotifyEvent): number {
    for (const directory of this.#aliases(event)) {
      const entry = directory.entries.get(event.name);
      if (entry instanceof Directory && isDirectoryEvent(event)) {
        return entry.wd;
      }
    }
    return UNWATCHED;
  }

  /** Called if `event` is about another directory than the tree has there. */
  #invalidate(event: InotifyEvent | Move): void {
    if ("from" in event || (event.mask & IN.MOVE_SELF) === 0) {
      this.#rescan(halvesOf(event));
      return;
    }
    for (const { parent, name } of this.#aliases(event)) {
      if (parent) this.#parts.doubts.add(parent, name);
    }
  }

  /** Puts the entries of `halves` in doubt. */
  #rescan(halves: readonly InotifyEvent[]): void {
    for (const half of halves) {
      for (const directory of this.#aliases(half)) {
        this.#parts.doubts.add(directory, half.name, half);
      }
    }
  }

  /** Applies an event or a whole rename, unless it has to be held back. */
  #take(event: InotifyEvent | Move): void {
    const { doubts } = this.#parts;
    if (!doubts.isEmpty || this.#held.length > 0) {
      const halves = halvesOf(event);
      if (halves.some((half) => isOfName(half) && doubts.has(half))) {
        this.#rescan(halves);
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
    else this.#parts.pass(event);
  }

  #applyHalf(event: InotifyEvent): void {
    this.#parts.lostMoves.reportFor(event);
    for (const at of this.#aliases(event)) {
      // What an earlier one changed may have ended that of a link.
      if (at.isRemoved) continue;
      if (event.mask & IN.MOVED_TO) this.#movedIn(at, event);
      else if (knows(at, event)) this.#movedOut(at, event);
      else this.#parts.onUnknown(at, event);
    }
  }

  #applyMove(move: Move): void {
    const { from, to } = move;
    const { lostMoves, tree, onUnknown } = this.#parts;
    lostMoves.reportFor(from);
    lostMoves.reportFor(to);
    const sources = this.#aliases(from).filter((at) => {
      const isKnown = knows(at, from);
      if (!isKnown) onUnknown(at, from);
      return isKnown;
    });
    const targets = this.#aliases(to).filter((at) =>
      !tree.excludes(at, to.name, isDirectoryEvent(to)) &&
      !sources.some((each) => isLinkedBelow(at, each.entries.get(from.name)))
    );
    if (isDirectoryEvent(to) && sources.length + targets.length > 2) {
      // Which of them the directory moves between is not known for each link.
      this.#parts.rescan([...sources, ...targets]);
    }
    // A directory at two paths has a move at each. Which of two trees comes first
    // differs from directory to directory.
    for (const isOfOneTree of [true, false]) {
      for (const source of sources.slice()) {
        const index = isOfOneTree
          ? targets.findIndex(({ root }) => root === source.root)
          : targets.length - 1;
        if (index < 0) continue;
        sources.splice(sources.indexOf(source), 1);
        const target = targets.splice(index, 1)[0]!;
        // The move before may have ended the tree of a link.
        if (source.isRemoved) targets.push(target);
        else if (target.isRemoved) sources.push(source);
        else this.#move(source, target, move);
      }
    }
    for (const source of sources) {
      if (!source.isRemoved) this.#movedOut(source, from);
    }
    for (const target of targets) {
      if (!target.isRemoved) this.#movedIn(target, to, from);
    }
  }

  /** The entry has moved out of the watched trees. */
  #movedOut(directory: Directory, event: InotifyEvent): void {
    const { tree, doubts } = this.#parts;
    tree.movedOut(directory, event);
    // If the last move brought the entry here, the two may be an exchange. The
    // kernel merges two equal events, so that its second event may be missing.
    const isLast = this.#lastMoveIn.get(directory)?.name === event.name;
    if (isLast) doubts.add(directory, event.name);
  }

  /** An entry has moved into the watched trees, or `from` an unknown name. */
  #movedIn(
    directory: Directory,
    event: InotifyEvent,
    from?: InotifyEvent,
  ): void {
    const { tree, doubts } = this.#parts;
    const { name } = event;
    const isDirectory = isDirectoryEvent(event);
    if (tree.excludes(directory, name, isDirectory)) return;
    const known = directory.entries.get(name);
    // During an exchange, a listing on btrfs has neither name. So `from` may be
    // unknown because of an exchange.
    const isOver = known !== undefined || from !== undefined;
    this.#lastMoveIn.set(directory, { name, from, isOver });
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
    const { tree, doubts } = this.#parts;
    const entry = source.entries.get(from.name)!;
    if (entry instanceof Directory && target.isWithin(entry)) {
      // No directory can move into itself, so the tree is wrong.
      this.#rescan([from, to]);
      return;
    }
    const last = this.#lastMoveIn.get(source);
    const replaced = target.entries.get(to.name);
    const isOver = replaced !== undefined || this.#parts.isJustScanned(target);
    this.#lastMoveIn.set(target, { name: to.name, from, isOver });
    if (replaced instanceof Directory) {
      // A rename deletes a directory that it replaces, which is empty. But an
      // exchange moves it to the old place of the other one.
      this.#replace(replaced);
      doubts.add(source, from.name);
    }
    tree.move(source, target, move);
    // An entry that replaced another one, and moved back, may have been exchanged
    // with it. Then the other one is at this place.
    const isBack = last?.isOver && last.name === from.name &&
      last.from?.wd === to.wd && last.from.name === to.name;
    if (isBack) {
      doubts.add(source, from.name);
      doubts.add(target, to.name);
      if (entry === false) {
        const [otherName, name] = [from.name, to.name];
        this.#exchanges.add({ other: source, otherName, target, name });
      }
    }
  }

  #replace(directory: Directory): void {
    this.#parts.doubts.displace(directory);
  }

  /** Returns the directories with the watch of `event`, given files last. */
  #aliases({ wd }: InotifyEvent): Directory[] {
    const aliases: Directory[] = [];
    let at = this.#parts.watches.get(wd);
    for (; at; at = at.nextAlias) aliases.push(at);
    return aliases;
  }
}

function halvesOf(event: InotifyEvent | Move): InotifyEvent[] {
  return "from" in event ? [event.from, event.to] : [event];
}

/** Returns whether the event adds or removes a name. */
function isOfName({ mask }: InotifyEvent): boolean {
  return (mask & NAMES) !== 0;
}

/** Returns whether `directory` has the entry of `event`. */
function knows(directory: Directory, event: InotifyEvent): boolean {
  const entry = directory.entries.get(event.name);
  return entry !== undefined && isDirectoryEvent(event) === (entry !== false);
}
