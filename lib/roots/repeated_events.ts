/**
 * Recognizes events of a file that its directory has reported already.
 *
 * A given file has a watch of its own, for changes through another of its names. The
 * kernel queues each event for both watches, one after the other. A read may end
 * between the two.
 */

import { CONTENT_TYPES } from "../tree/event_types.ts";
import type { EntryEventType } from "../tree/watch_event.ts";
import type { Root } from "./root.ts";

/** How long the second event of a change may take, in milliseconds. */
const REPEAT_TIMEOUT_MS = 10;

/** Knows which events of a file are repetitions. */
export class RepeatedEvents {
  /** The roots that expect a repetition since the queue was empty. */
  readonly #expecting = new Set<Root>();

  /** Called when the directory of the file of `root` has reported an event. */
  expect(root: Root, mask: number): void {
    root.expectedRepeats |= mask;
    root.repeatedUntil = Infinity;
    this.#expecting.add(root);
  }

  /** Returns the kinds of an event that are not repetitions, and have to be reported. */
  newTypes(root: Root, mask: number): EntryEventType[] {
    const repeats = performance.now() < root.repeatedUntil
      ? root.expectedRepeats
      : 0;
    root.expectedRepeats = repeats & ~mask;
    return [...CONTENT_TYPES]
      .filter(([bit]) => mask & bit & ~repeats)
      .map(([, type]) => type);
  }

  /** Called when the queue is empty: a missing repetition comes soon or never. */
  foundEmpty(): void {
    if (this.#expecting.size === 0) return;
    const end = performance.now() + REPEAT_TIMEOUT_MS;
    for (const root of this.#expecting) root.repeatedUntil = end;
    this.#expecting.clear();
  }
}
