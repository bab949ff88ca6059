/** Cookies, the kernel's numbers for renames: they pair the halves of a move. */

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

// The kernel reports both halves before it unlocks the two directories, so that
// none of these can come in between for either of them. Their own parents are
// not locked.
const SEPARATORS = (NAMES | SELF) & ~IN.MOVE_SELF;

/**
 * Passes events on in their order, and a pair of halves as one {@linkcode Move}
 * where its second half was. It holds back nothing but first halves whose
 * second may still come.
 */
export class MovePairer {
  readonly #pass: (event: InotifyEvent | Move) => void;
  readonly #pending = new Map<InotifyEvent, number>();

  constructor(pass: (event: InotifyEvent | Move) => void) {
    this.#pass = pass;
  }

  /** The first halves that are held back, oldest first, and since when. */
  get pending(): ReadonlyMap<InotifyEvent, number> {
    return this.#pending;
  }

  /** Takes the next event, which was read at the time `now`. */
  take(event: InotifyEvent, now: number): void {
    const from = event.mask & IN.MOVED_TO
      ? this.#take(({ cookie }) => cookie === event.cookie)
      : undefined;
    if (event.mask & SEPARATORS) this.flush(({ wd }) => wd === event.wd);
    if (event.mask & IN.MOVED_FROM) this.#pending.set(event, now);
    else this.#pass(from ? { from, to: event } : event);
  }

  /** Passes on the held halves that `isAlone`: no second half will come. */
  flush(
    isAlone: (from: InotifyEvent, since: number) => boolean = () => true,
  ): void {
    for (let from = this.#take(isAlone); from; from = this.#take(isAlone)) {
      this.#pass(from);
    }
  }

  /** Takes back the held half of `name` in the directory `wd`. */
  takePending(wd: number, name: string): InotifyEvent | undefined {
    return this.#take((from) => from.wd === wd && from.name === name);
  }

  #take(
    matches: (from: InotifyEvent, since: number) => boolean,
  ): InotifyEvent | undefined {
    for (const [from, since] of this.#pending) {
      if (!matches(from, since)) continue;
      this.#pending.delete(from);
      return from;
    }
  }
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
