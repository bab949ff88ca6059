/** Bounds the memory of queued events by the length of their paths. */

import type { WatchEvent } from "../tree/watch_event.ts";
import type { WeightLimit } from "./event_queue.ts";

/**
 * The queue is full when all queued paths together have this many UTF-16 code units,
 * which take at most 64 MiB.
 */
const MAX_QUEUED_LENGTH = 32 * 1024 * 1024;

/** The limit on the length of all queued paths. */
export const PATH_LIMIT: WeightLimit<WatchEvent> = {
  maxWeight: MAX_QUEUED_LENGTH,
  weigh: ({ path, from }) => (path?.length ?? 0) + (from?.length ?? 0),
};
