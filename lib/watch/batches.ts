/** Gathers events until changes stop for a while. */

import { CONTENT_TYPES } from "../tree/event_types.ts";
import type { EventQueue } from "./event_queue.ts";
import {
  atLeast,
  NUMBER,
  type OptionRules,
  readOptions,
} from "./check_options.ts";
import { withTimeout } from "./timeout.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";

/**
 * Options of {@linkcode Watcher.batches}.
 *
 * @example Waiting longer for changes to stop
 * ```ts
 * import type { BatchOptions } from "@x/inotify";
 *
 * const patient: BatchOptions = { quiet: 1000, maxWait: 5000, max: 500 };
 * ```
 */
export interface BatchOptions {
  /**
   * The debounce time: a batch ends after this many milliseconds without an event.
   *
   * With 0, a batch has the events that are queued, and nothing is merged. With
   * less than 10, a burst becomes several batches, because the watcher reads its
   * events up to 8 milliseconds apart.
   *
   * @default {100}
   */
  quiet?: number | undefined;
  /**
   * A batch also ends this many milliseconds after its first event, even if changes
   * continue. The default is ten times `quiet`.
   */
  maxWait?: number | undefined;
  /**
   * A batch also ends when it has this many events. Values below 1 mean 1.
   *
   * @default {65536}
   */
  max?: number | undefined;
}

const BATCH_OPTIONS: OptionRules = {
  quiet: atLeast(0),
  maxWait: atLeast(0),
  max: NUMBER,
};

/**
 * Yields the events of `queue` in batches, until the queue ends. While `isRef`
 * returns `false`, waiting for the end of a batch does not keep the program
 * running.
 *
 * @throws {TypeError} If an option is unknown, or of a wrong type.
 * @throws {RangeError} If `quiet` or `maxWait` is not at least 0.
 */
export function batches<Event extends WatchEvent>(
  queue: EventQueue<Event>,
  options: BatchOptions,
  isRef: () => boolean = () => true,
): AsyncGenerator<Event[], void> {
  const { quiet = 100, maxWait = 10 * quiet, max = 65_536 } = readOptions(
    options,
    BATCH_OPTIONS,
  );
  // NaN becomes 1, or no batch would ever end.
  const limit = max >= 1 ? Math.floor(max) : 1;
  return yieldBatches(queue, { quiet, maxWait, max: limit, isRef });
}

/** When a batch ends. */
interface Limits {
  readonly quiet: number;
  readonly maxWait: number;
  readonly max: number;
  readonly isRef: () => boolean;
}

async function* yieldBatches<Event extends WatchEvent>(
  queue: EventQueue<Event>,
  limits: Limits,
): AsyncGenerator<Event[], void> {
  while (await queue.ready()) {
    const batch = limits.quiet > 0
      ? await gather(queue, limits)
      : queue.drain(limits.max);
    // Another consumer of the queue may have taken the events.
    if (batch.length > 0) yield batch;
  }
}

async function gather<Event extends WatchEvent>(
  queue: EventQueue<Event>,
  { quiet, maxWait, max, isRef }: Limits,
): Promise<Event[]> {
  const end = performance.now() + maxWait;
  const batch = new Batch<Event>();
  for (;;) {
    for (let event; batch.size < max && (event = queue.shift());) {
      batch.add(event);
    }
    const left = Math.min(quiet, end - performance.now());
    if (batch.size >= max || left <= 0) break;
    if (!await isReadyWithin(left, queue, isRef())) break;
  }
  return batch.take();
}

/** The kinds after which the same entry is at the path. */
const MERGED_TYPES: ReadonlySet<WatchEventType> = new Set(
  CONTENT_TYPES.values(),
);

/**
 * Events in order, merged by path: as long as the same file is at a path, each
 * kind of event that leaves it there is kept once, at its last place.
 */
class Batch<Event extends WatchEvent> {
  readonly #events = new Set<Event>();
  /** By path and kind, the event that a later event of the same file replaces. */
  readonly #latest = new Map<string, Map<WatchEventType, Event>>();

  get size(): number {
    return this.#events.size;
  }

  take(): Event[] {
    return [...this.#events];
  }

  add(event: Event): void {
    if (MERGED_TYPES.has(event.type)) this.#replace(event);
    else this.#forget(event);
    this.#events.add(event);
  }

  #replace(event: Event): void {
    const path = event.path!;
    let byType = this.#latest.get(path);
    if (!byType) this.#latest.set(path, byType = new Map());
    const earlier = byType.get(event.type);
    if (earlier) this.#events.delete(earlier);
    byType.set(event.type, event);
  }

  /** Forgets the paths at which another file may be after `event`. */
  #forget({ type, path, from, isDirectory }: WatchEvent): void {
    // The entries of a directory are created and deleted one by one, but they move
    // together with it. Looking for their paths would take too long.
    const isAlone = isDirectory === false ||
      type === "create" || type === "delete" || type === "unwatched";
    if (!isAlone) return this.#latest.clear();
    this.#latest.delete(path!);
    if (from !== undefined) this.#latest.delete(from);
  }
}

async function isReadyWithin(
  milliseconds: number,
  queue: EventQueue<unknown>,
  isRef: boolean,
): Promise<boolean> {
  try {
    return await withTimeout(milliseconds, queue.ready(), isRef) ?? false;
  } catch {
    // The queue throws the error again after this batch.
    return false;
  }
}
