/**
 * Which of the kernel's events are of one rename.
 *
 * A rename has up to three: `IN.MOVED_FROM` and `IN.MOVED_TO`, which have its
 * cookie, and the `IN.MOVE_SELF` of a directory that has a watch of its own. Each
 * of them is missing if what it is reported to is not watched. All are queued
 * while the directories that the names are in are locked.
 */

import { UNWATCHED } from "./node.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import type { WatchEvent } from "./watch_event.ts";

/** Both halves of a move. */
export interface Move {
  /** The half with `IN.MOVED_FROM`. */
  readonly from: InotifyEvent;
  /** The half with `IN.MOVED_TO`. */
  readonly to: InotifyEvent;
}

/** A rename of which another event is to come, if not all were queued. */
export interface Rename {
  readonly from: InotifyEvent;
  /** The watch of the directory that was moved, as far as is known. */
  readonly wd: number;
  to?: InotifyEvent;
}

/** What {@linkcode MovePairer} asks, and where its events go. */
export interface MovePairerOptions {
  /** The watch of the directory of which `event` is a first half, if any. */
  readonly watchOf: (event: InotifyEvent) => number;
  readonly pass: (event: InotifyEvent | Move) => void;
  /** Called for a rename of something else than is known to be there. */
  readonly refute: (event: InotifyEvent | Move) => void;
}

// The directories of a rename are locked until all of its events are queued: of
// neither can one of these come in between. Their own parents are not locked.
const SEPARATORS = (NAMES | SELF) & ~IN.MOVE_SELF;

/**
 * Passes events on in their order, and each rename as one, where its last event
 * was. It holds back nothing but renames of which another event may come.
 */
export class MovePairer {
  readonly #options: MovePairerOptions;
  readonly #pending = new Set<Rename>();

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
      const moved = this.#find((rename) => rename.wd === wd);
      if (moved) this.#pass(moved);
      else this.#options.refute(event);
      return;
    }
    const rename = mask & IN.MOVED_TO
      ? this.#find(({ from, to }) => !to && from.cookie === cookie)
      : undefined;
    if (mask & SEPARATORS) {
      for (const other of this.#pending) {
        const isOver = other !== rename &&
          (other.from.wd === wd || other.to?.wd === wd);
        if (isOver) this.#conclude(other);
      }
    }
    if (mask & IN.MOVED_FROM) {
      this.#pending.add({ from: event, wd: this.#options.watchOf(event) });
    } else if (rename) {
      rename.to = event;
      if (rename.wd === UNWATCHED) this.#pass(rename);
    } else {
      this.#options.pass(event);
    }
  }

  /** Passes on those of `renames` that are pending: no other event is to come. */
  flush(renames: Iterable<Rename>): void {
    for (const rename of renames) {
      if (this.#pending.has(rename)) this.#conclude(rename);
    }
  }

  /** Forgets what is pending. */
  clear(): void {
    this.#pending.clear();
  }

  #find(matches: (rename: Rename) => boolean): Rename | undefined {
    return this.#pending.values().find(matches);
  }

  /** No other event of `rename` was queued. */
  #conclude(rename: Rename): void {
    if (rename.wd === UNWATCHED) {
      this.#pass(rename);
      return;
    }
    this.#pending.delete(rename);
    this.#options.refute(whole(rename));
  }

  #pass(rename: Rename): void {
    this.#pending.delete(rename);
    this.#options.pass(whole(rename));
  }
}

function whole({ from, to }: Rename): InotifyEvent | Move {
  return to ? { from, to } : from;
}

// Kept beside the events that tell of a rename.
const cookies = new WeakMap<WatchEvent, number>();

/**
 * The cookie of a `move`, `moved_from` or `moved_to` of which the kernel told;
 * 0 for any other event. Two events with one cookie are of one rename.
 */
export function cookieOf(event: WatchEvent): number {
  return cookies.get(event) ?? 0;
}

/** `event`, which is from now on known to have `cookie`. */
export function withCookie(event: WatchEvent, cookie: number): WatchEvent {
  if (cookie !== 0) cookies.set(event, cookie);
  return event;
}
