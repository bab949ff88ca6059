/**
 * Finds the events that belong to one rename.
 *
 * A rename has up to three events: `IN.MOVED_FROM` and `IN.MOVED_TO`, which have
 * its cookie, and the `IN.MOVE_SELF` of a moved directory. An event is missing if
 * the directory that would report it is not watched. All are queued while the
 * parent directories are locked.
 */

import { UNWATCHED } from "./node.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";

/** Both halves of a move. */
export interface Move {
  /** The half with `IN.MOVED_FROM`. */
  readonly from: InotifyEvent;
  /** The half with `IN.MOVED_TO`. */
  readonly to: InotifyEvent;
}

/** A rename that may have another event. */
export interface Rename {
  readonly from: InotifyEvent;
  /** The watch of the moved directory, if it is known. */
  readonly wd: number;
  to?: InotifyEvent;
}

/** Options of {@linkcode MovePairer}. */
export interface MovePairerOptions {
  /** Returns the watch of the directory whose first half `event` is, if any. */
  readonly watchOf: (event: InotifyEvent) => number;
  readonly pass: (event: InotifyEvent | Move) => void;
  /** Called for a rename of another entry than the one that the tree has. */
  readonly invalidate: (event: InotifyEvent | Move) => void;
}

// The parent directories of a rename are locked until all its events are queued. So
// these events of either parent cannot come between. An `IN.MOVE_SELF` of a parent
// can, because its own parent is not locked.
const SEPARATORS = (NAMES | SELF) & ~IN.MOVE_SELF;

/**
 * Passes on events in order. Passes on each rename as one, when its last event is
 * taken. Holds back only renames that may have another event.
 */
export class MovePairer {
  readonly #options: MovePairerOptions;
  readonly #pending = new Set<Rename>();
  // Anybody can make many renames pending, each in a directory of its own.
  /** Those without a second half, by cookie. */
  readonly #byCookie = new Map<number, Rename>();
  /** Those whose directory is known, by its watch. */
  readonly #byMoved = new Map<number, Rename>();
  /** By the watch of each parent directory, which has one at most. */
  readonly #byParent = new Map<number, Rename>();

  constructor(options: MovePairerOptions) {
    this.#options = options;
  }

  get pending(): ReadonlySet<Rename> {
    return this.#pending;
  }

  /** Takes the next event. */
  take(event: InotifyEvent): void {
    const { mask, wd, cookie } = event;
    if (mask & IN.MOVE_SELF) {
      const moved = this.#byMoved.get(wd);
      if (moved) this.#pass(moved);
      else this.#options.invalidate(event);
      return;
    }
    const rename = mask & IN.MOVED_TO ? this.#byCookie.get(cookie) : undefined;
    if (mask & SEPARATORS) {
      const other = this.#byParent.get(wd);
      if (other && other !== rename) this.#conclude(other);
    }
    if (mask & IN.MOVED_FROM) {
      this.#add({ from: event, wd: this.#options.watchOf(event) });
    } else if (rename) {
      rename.to = event;
      this.#byCookie.delete(cookie);
      this.#byParent.set(wd, rename);
      if (rename.wd === UNWATCHED) this.#pass(rename);
    } else {
      this.#options.pass(event);
    }
  }

  /** Passes on the pending ones of `renames`, which have no other event. */
  flush(renames: Iterable<Rename>): void {
    for (const rename of renames) {
      if (this.#pending.has(rename)) this.#conclude(rename);
    }
  }

  /** Returns the pending rename in the directory with the watch `wd`, if any. */
  pendingIn(wd: number): Rename | undefined {
    return this.#byParent.get(wd);
  }

  /** Forgets the pending renames. */
  clear(): void {
    this.#pending.clear();
    this.#byCookie.clear();
    this.#byMoved.clear();
    this.#byParent.clear();
  }

  #add(rename: Rename): void {
    const { from, wd } = rename;
    this.#pending.add(rename);
    this.#byCookie.set(from.cookie, rename);
    this.#byParent.set(from.wd, rename);
    if (wd !== UNWATCHED) this.#byMoved.set(wd, rename);
  }

  #remove(rename: Rename): void {
    const { from, to, wd } = rename;
    this.#pending.delete(rename);
    removeFrom(this.#byCookie, from.cookie, rename);
    removeFrom(this.#byParent, from.wd, rename);
    if (to) removeFrom(this.#byParent, to.wd, rename);
    removeFrom(this.#byMoved, wd, rename);
  }

  /** Called when `rename` has no other event. */
  #conclude(rename: Rename): void {
    if (rename.wd === UNWATCHED) {
      this.#pass(rename);
      return;
    }
    this.#remove(rename);
    this.#options.invalidate(whole(rename));
  }

  #pass(rename: Rename): void {
    this.#remove(rename);
    this.#options.pass(whole(rename));
  }
}

function removeFrom(
  map: Map<number, Rename>,
  key: number,
  rename: Rename,
): void {
  if (map.get(key) === rename) map.delete(key);
}

function whole({ from, to }: Rename): InotifyEvent | Move {
  return to ? { from, to } : from;
}
