/** Events gathered until it has been quiet for a while. */

import type { Queue } from "./queue.ts";
import type { WatchEvent } from "./watch_event.ts";

/** Options of {@linkcode Watcher.batches}. */
export interface BatchOptions {
  /**
   * How long nothing may happen for a batch to be complete, in milliseconds.
   *
   * @default {100}
   */
  quiet?: number;
  /**
   * How many events a batch has at most.
   *
   * @default {65536}
   */
  max?: number;
}

/** Yields the events of `queue` in batches, until it has come to its end. */
export async function* batches<Event extends WatchEvent>(
  queue: Queue<Event>,
  { quiet = 100, max = 65_536 }: BatchOptions,
): AsyncGenerator<Event[], void> {
  while (await queue.ready()) {
    const batch: Event[] = [];
    const latest = new Map<string, string>();
    do {
      const event = queue.shift();
      if (event && !repeats(event, latest)) batch.push(event);
    } while (batch.length < max && await isReadyWithin(quiet, queue));
    if (batch.length > 0) yield batch;
  }
}

/** Whether `event` is what happened to its path `latest`, too. */
function repeats(event: WatchEvent, latest: Map<string, string>): boolean {
  if (!("path" in event)) return false;
  const type = event.type === "move" ? `move ${event.from}` : event.type;
  if (latest.get(event.path) === type) return true;
  if (event.type === "move") latest.delete(event.from);
  latest.set(event.path, type);
  return false;
}

async function isReadyWithin(
  milliseconds: number,
  queue: Queue<unknown>,
): Promise<boolean> {
  if (queue.size > 0) return true;
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, milliseconds, false);
  try {
    return await Promise.race([queue.ready(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
