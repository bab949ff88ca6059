/** Pairs the two halves of a move by their cookie. */

import type { InotifyEvent } from "./event.ts";
import { IN, NAMES, SELF } from "./mask.ts";

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
export class Moves {
  readonly #pass: (event: InotifyEvent | Move) => void;
  readonly #held: InotifyEvent[] = [];

  constructor(pass: (event: InotifyEvent | Move) => void) {
    this.#pass = pass;
  }

  /** The first halves that are held back, oldest first. */
  get held(): readonly InotifyEvent[] {
    return this.#held;
  }

  take(event: InotifyEvent): void {
    const from = event.mask & IN.MOVED_TO
      ? this.#take(({ cookie }) => cookie === event.cookie)
      : undefined;
    if (event.mask & SEPARATORS) this.release(({ wd }) => wd === event.wd);
    if (event.mask & IN.MOVED_FROM) this.#held.push(event);
    else this.#pass(from ? { from, to: event } : event);
  }

  /** Passes on the held halves that `isAlone`: no second half will come. */
  release(isAlone: (from: InotifyEvent) => boolean = () => true): void {
    for (let from = this.#take(isAlone); from; from = this.#take(isAlone)) {
      this.#pass(from);
    }
  }

  /** Takes back the held half of `name` in the directory `wd`. */
  withdraw(wd: number, name: string): InotifyEvent | undefined {
    return this.#take((from) => from.wd === wd && from.name === name);
  }

  #take(matches: (from: InotifyEvent) => boolean): InotifyEvent | undefined {
    const i = this.#held.findIndex(matches);
    return i < 0 ? undefined : this.#held.splice(i, 1)[0];
  }
}
