/** What an event counts for, in `--stats` and `--top`. */

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

/** Something that happened once, to one path. */
export interface CountedEvent {
  readonly type: CountedType;
  readonly path: string;
}

/** The kinds to count if these types of event were asked for. */
export function countedKinds(types: readonly WatchEventType[]): CountedType[] {
  return COUNTED_TYPES.filter((kind) =>
    kind === "unmount" || types.includes(kind)
  );
}

/** What `event` counts for: nothing, if it is no change of a file. */
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

/** Why the counts are not exact from `event` on, if they are not. */
export function accuracyWarning(event: WatchEvent): string | undefined {
  switch (event.type) {
    case "overflow":
      return "The counts are not exact: the kernel dropped events";
    case "unwatched":
      return `The counts are not complete: ${event.error.message}`;
  }
}
