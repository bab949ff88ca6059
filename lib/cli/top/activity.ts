/** The state of `--top`: counts of the last second and in total. */

import type { CountedEvent } from "../stats/counted_events.ts";
import { PathTable } from "../stats/path_table.ts";

/** The time that counts as recent, in milliseconds. */
const WINDOW = 1000;

/** The length of a slice in milliseconds; its events become old together. */
const SLICE_MS = 100;

/** A number of events. */
export interface Count {
  /** In total. */
  total: number;
  /** In the last second. */
  recent: number;
}

/** The number of events of a path. */
export interface PathCount extends Count {
  readonly path: string;
}

/** The events of a slice of time. */
interface Slice {
  readonly start: number;
  readonly counts: Map<PathCount, number>;
}

/** Counts events by path. All times are those of a monotonic clock. */
export class Activity {
  readonly #paths = new PathTable<PathCount>({
    create: (path) => ({ path, total: 0, recent: 0 }),
    total: ({ total }) => total,
    // The recent events of a path that is dropped are in no row any more.
    add: (sum, { total }) => sum.total += total,
  });
  readonly #all: Count = { total: 0, recent: 0 };
  /** The slices, oldest first. */
  readonly #slices: Slice[] = [];

  /** How many paths had events. */
  get paths(): number {
    return this.#paths.pathCount;
  }

  /** The number of events of all paths. */
  get all(): Readonly<Count> {
    return this.#all;
  }

  /** Counts events that were read at the time `now`. */
  add(counted: Iterable<CountedEvent>, now: number): void {
    let slice = this.#slices.at(-1);
    if (!slice || now >= slice.start + SLICE_MS) {
      slice = { start: now, counts: new Map() };
      this.#slices.push(slice);
    }
    for (const { path } of counted) {
      const tally = this.#paths.get(path);
      addTo(tally, 1);
      addTo(this.#all, 1);
      slice.counts.set(tally, (slice.counts.get(tally) ?? 0) + 1);
    }
  }

  /** Removes the slices that are not recent any more at the time `now`. */
  advance(now: number): void {
    while (this.#slices.length > 0 && this.#slices[0]!.start <= now - WINDOW) {
      for (const [tally, count] of this.#slices.shift()!.counts) {
        tally.recent -= count;
        this.#all.recent -= count;
      }
    }
  }

  /** Returns the `count` paths with the most events, recently and then in total. */
  busiest(count: number): readonly Readonly<PathCount>[] {
    const best: PathCount[] = [];
    // Sorting all paths a few times a second would be slow.
    for (const tally of this.#paths.entries.values()) {
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

/** Returns a negative number if `a` comes first. It is never 0. */
function compare(a: PathCount, b: PathCount): number {
  return b.recent - a.recent || b.total - a.total ||
    (a.path < b.path ? -1 : 1);
}
