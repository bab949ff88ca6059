/** Events gathered until it has been quiet for a while. */

import { CONTENT_TYPES } from "../tree/event_types.ts";
import type { EventQueue } from "./event_queue.ts";
import { withTimeout } from "./timeout.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";

/**
 * Options of {@linkcode Watcher.batches}.
 *
 * @example
 * ```ts
 * import type { BatchOptions } from "@x/inotify";
 *
 * const patient: BatchOptions = { quiet: 1000, max: 500 };
 * ```
 */
export interface BatchOptions {
  /**
   * How long nothing may happen for a batch to be complete, in milliseconds.
   *
   * With 0 nothing is waited for: a batch is what is there, with all that
   * repeats. Less than 10 cuts a burst into pieces: its events are read up to 8
   * milliseconds apart.
   *
   * @default {100}
   */
  quiet?: number;
  /**
   * How many events a batch has at most, but one at least.
   *
   * @default {65536}
   */
  max?: number;
}

/** The kinds of which a second one in a row says nothing new. */
const REPEATABLE: ReadonlySet<WatchEventType> = new Set(CONTENT_TYPES.values());

/** Yields the events of `queue` in batches, until it has come to its end. */
export async function* batches<Event extends WatchEvent>(
  queue: EventQueue<Event>,
  { quiet = 100, max = 65_536 }: BatchOptions,
): AsyncGenerator<Event[], void> {
  // Not so for NaN, which no number is less than.
  const most = max >= 1 ? Math.floor(max) : 1;
  while (await queue.ready()) {
    const batch = quiet > 0
      ? await gather(queue, quiet, most)
      : queue.drain(most);
    // With several consumers, another one may have been faster.
    if (batch.length > 0) yield batch;
  }
}

async function gather<Event extends WatchEvent>(
  queue: EventQueue<Event>,
  quiet: number,
  max: number,
): Promise<Event[]> {
  const batch: Event[] = [];
  const latest = new Map<string, WatchEventType>();
  do {
    const event = queue.shift();
    if (event && !repeats(event, latest)) batch.push(event);
  } while (batch.length < max && await isReadyWithin(quiet, queue));
  return batch;
}

/** Whether `event` is of the kind that was the latest of its path. */
function repeats(
  event: WatchEvent,
  latest: Map<string, WatchEventType>,
): boolean {
  if (!("path" in event)) return false;
  const { path, type } = event;
  if (REPEATABLE.has(type) && latest.get(path) === type) return true;
  latest.set(path, type);
  return false;
}

async function isReadyWithin(
  milliseconds: number,
  queue: EventQueue<unknown>,
): Promise<boolean> {
  if (queue.size > 0) return true;
  try {
    return await withTimeout(milliseconds, queue.ready()) ?? false;
  } catch {
    // It is thrown again behind this batch.
    return false;
  }
}
