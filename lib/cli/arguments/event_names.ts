/** The names of events on the command line. */

import { OPT_IN_TYPES } from "../../tree/event_types.ts";
import { IN } from "../../kernel/mask.ts";
import type { WatchEventType } from "../../tree/watch_event.ts";
import { UsageError } from "./tokens.ts";

/** A name that `--event` accepts. */
export interface EventKind {
  /** The name. */
  readonly name: string;
  /** The kinds of event that it selects. */
  readonly types: readonly WatchEventType[];
  /** The same as bits of `IN`, for `--raw`. */
  readonly mask: number;
  /** What happened, in a few words. */
  readonly meaning: string;
}

/**
 * The names of inotifywait(1). A name for one half of a move also selects moves
 * within the watched trees.
 */
const NAMED: readonly EventKind[] = [
  {
    name: "access",
    types: ["access"],
    mask: IN.ACCESS,
    meaning: "a file was read",
  },
  {
    name: "attrib",
    types: ["attrib"],
    mask: IN.ATTRIB,
    meaning: "permissions, owner, times or links changed",
  },
  {
    name: "close_write",
    types: ["close_write"],
    mask: IN.CLOSE_WRITE,
    meaning: "a file that was open for writing was closed",
  },
  {
    name: "close_nowrite",
    types: ["close_nowrite"],
    mask: IN.CLOSE_NOWRITE,
    meaning: "another file or a directory was closed",
  },
  {
    name: "close",
    types: ["close_write", "close_nowrite"],
    mask: IN.CLOSE,
    meaning: "close_write and close_nowrite",
  },
  {
    name: "create",
    types: ["create"],
    mask: IN.CREATE,
    meaning: "an entry was created",
  },
  {
    name: "delete",
    types: ["delete"],
    mask: IN.DELETE,
    meaning: "an entry was deleted",
  },
  {
    name: "delete_self",
    types: ["delete_self"],
    mask: IN.DELETE_SELF,
    meaning: "a PATH itself was deleted",
  },
  {
    name: "modify",
    types: ["modify"],
    mask: IN.MODIFY,
    meaning: "a file was written to",
  },
  {
    name: "moved_from",
    types: ["moved_from", "move"],
    mask: IN.MOVED_FROM,
    meaning: "an entry moved out, or was renamed",
  },
  {
    name: "moved_to",
    types: ["moved_to", "move"],
    mask: IN.MOVED_TO,
    meaning: "an entry moved in, or was renamed",
  },
  {
    name: "move",
    types: ["moved_from", "moved_to", "move"],
    mask: IN.MOVE,
    meaning: "moved_from and moved_to",
  },
  {
    name: "move_self",
    types: ["move_self"],
    mask: IN.MOVE_SELF,
    meaning: "a PATH itself was moved",
  },
  {
    name: "open",
    types: ["open"],
    mask: IN.OPEN,
    meaning: "a file or directory was opened",
  },
  {
    name: "unmount",
    types: ["unmount"],
    mask: IN.UNMOUNT,
    meaning: "a file system was unmounted; always reported",
  },
];

/** The events for which `hasNewContent()` is true. */
export const CONTENT: EventKind = {
  name: "content",
  types: ["close_write", "move", "moved_to", "create", "modify"],
  mask: IN.CLOSE_WRITE | IN.MOVED_TO,
  meaning: "a file is complete: written, moved there or found",
};

/** Every name that `--event` accepts. */
export const EVENTS: readonly EventKind[] = [
  ...NAMED,
  CONTENT,
  {
    name: "all",
    types: typesOf(NAMED),
    mask: IN.ALL_EVENTS,
    meaning: "every event",
  },
];

/** The events that are reported without `--event`: all except reading. */
export const DEFAULT_EVENTS: readonly EventKind[] = NAMED.filter(({ types }) =>
  !types.some((type) => OPT_IN_TYPES.includes(type))
);

/** Returns the kinds of event that `events` select. */
export function typesOf(events: readonly EventKind[]): WatchEventType[] {
  return events.flatMap(({ types }) => types);
}

/** Names that inotifywait(1) accepts, but that select no event. */
const IGNORED_NAMES = ["isdir", "ignored", "oneshot", "q_overflow"];

/**
 * Returns the events for the values of `--event`, lists separated by commas.
 *
 * @throws {UsageError} If a name is unknown, or no event is named.
 */
export function parseEvents(lists: readonly string[]): EventKind[] {
  const names = lists.flatMap((list) => list.toLowerCase().split(","));
  const events = names
    .filter((name) => !IGNORED_NAMES.includes(name))
    .map(parseEvent);
  if (events.length > 0) return events;
  throw new UsageError(
    `Cannot report "${names.join()}" alone: it is not what happened to a file`,
  );
}

function parseEvent(name: string): EventKind {
  const wanted = name === "all_events" ? "all" : name;
  const event = EVENTS.find((event) => event.name === wanted);
  if (event) return event;
  const known = EVENTS.map(({ name }) => name);
  throw new UsageError(
    `Cannot report the event "${name}": expected one of ${known.join(", ")}`,
    { given: name, known },
  );
}
