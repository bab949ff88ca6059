/** How `--stats` and `--top` count an event. */

import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";

/** The kinds that are counted, in the order of inotifywatch(1). */
export const COUNTED_TYPES = [
  "access",
  "modify",
  "attrib",
  "close_write",
  "close_nowrite",
  "open",
  "moved_from",
  "moved_to",
  "move_self",
  "create",
  "delete",
  "delete_self",
  "unmount",
] as const satisfies readonly WatchEventType[];

/** A kind that is counted. */
export type CountedType = typeof COUNTED_TYPES[number];

/** One count of one path. */
export interface CountedEvent {
  readonly type: CountedType;
  readonly path: string;
}

/** Returns the kinds to count for these types of event. */
export function countedKinds(types: readonly WatchEventType[]): CountedType[] {
  return COUNTED_TYPES.filter((kind) =>
    kind === "unmount" || types.includes(kind)
  );
}

/** Returns the counts of `event`: none if it is not an event of a file. */
export function countedEvents(event: WatchEvent): CountedEvent[] {
  const { type } = event;
  switch (type) {
    case "move":
      return [
        { type: "moved_from", path: event.from },
        { type: "moved_to", path: event.path },
      ];
    case "overflow":
    case "unwatched":
      return [];
    default:
      return [{ type: type, path: event.path }];
  }
}

/** Returns why the counts are not exact after `event`, if so. */
export function accuracyWarning(event: WatchEvent): string | undefined {
  switch (event.type) {
    case "overflow":
      return "The counts are not exact: the kernel dropped events";
    case "unwatched":
      return `The counts are not complete: ${event.error.message}`;
  }
}
