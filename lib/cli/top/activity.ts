/** What happened in the last second, and altogether: the state of `--top`. */

import type { CountedEvent } from "../stats/counted_events.ts";

/** What counts as recent, in milliseconds. */
const WINDOW = 1000;

/** What happens within so many milliseconds grows old at once. */
const SLICE_MS = 100;

/** How often something happened. */
export interface Count {
  /** Altogether. */
  total: number;
  /** In the last second. */
  recent: number;
}

/** How often something happened to `path`. */
export interface PathCount extends Count {
  readonly path: string;
}

/** What happened from a time on. */
interface Slice {
  readonly start: number;
  readonly counts: Map<PathCount, number>;
}

/** Counts by path. All times are those of a clock that only goes forward. */
export class Activity {
  readonly #paths = new Map<string, PathCount>();
  readonly #all: Count = { total: 0, recent: 0 };
  /** The oldest first. */
  readonly #slices: Slice[] = [];

  /** How many paths there are. */
  get paths(): number {
    return this.#paths.size;
  }

  /** How often something happened to any of them. */
  get all(): Readonly<Count> {
    return this.#all;
  }

  /** Counts what happened by the time `now`. */
  add(occurrences: Iterable<CountedEvent>, now: number): void {
    let slice = this.#slices.at(-1);
    if (!slice || now >= slice.start + SLICE_MS) {
      slice = { start: now, counts: new Map() };
      this.#slices.push(slice);
    }
    for (const { path } of occurrences) {
      let tally = this.#paths.get(path);
      if (!tally) {
        this.#paths.set(path, tally = { path, total: 0, recent: 0 });
      }
      addTo(tally, 1);
      addTo(this.#all, 1);
      slice.counts.set(tally, (slice.counts.get(tally) ?? 0) + 1);
    }
  }

  /** Forgets what is not recent any more at the time `now`. */
  advance(now: number): void {
    while (this.#slices.length > 0 && this.#slices[0]!.start <= now - WINDOW) {
      for (const [tally, count] of this.#slices.shift()!.counts) {
        tally.recent -= count;
        this.#all.recent -= count;
      }
    }
  }

  /** The `count` paths to which most happened recently, else altogether. */
  busiest(count: number): readonly Readonly<PathCount>[] {
    const best: PathCount[] = [];
    // There may be very many paths, and this is asked a few times a second.
    for (const tally of this.#paths.values()) {
      const last = best[count - 1];
      if (last && compare(last, tally) <= 0) continue;
      const place = best.findIndex((other) => compare(tally, other) < 0);
      best.splice(place < 0 ? best.length : place, 0, tally);
      if (best.length > count) best.pop();
    }
    return best;
  }
}

function addTo(tally: Count, count: number): void {
  tally.total += count;
  tally.recent += count;
}

/** Negative if `a` comes first: no two are equal, so that the order is stable. */
function compare(a: PathCount, b: PathCount): number {
  return b.recent - a.recent || b.total - a.total ||
    (a.path < b.path ? -1 : 1);
}
