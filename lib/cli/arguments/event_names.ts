/** The events by the names that they have on the command line. */

import { OPT_IN_TYPES } from "../../tree/event_types.ts";
import { IN } from "../../kernel/mask.ts";
import type { WatchEventType } from "../../tree/watch_event.ts";
import { UsageError } from "./tokens.ts";

/** A name that `--event` takes. */
export interface EventKind {
  /** The name. */
  readonly name: string;
  /** The kinds of event that it stands for. */
  readonly types: readonly WatchEventType[];
  /** The same in bits of `IN`, for `--raw`. */
  readonly mask: number;
  /** What it means, in a few words. */
  readonly meaning: string;
}

/**
 * Those of inotifywait(1). Who asks for one half of a move means moves within
 * what is watched, too.
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
    meaning: "a file opened for writing was closed",
  },
  {
    name: "close_nowrite",
    types: ["close_nowrite"],
    mask: IN.CLOSE_NOWRITE,
    meaning: "a file opened for reading, or a directory, was closed",
  },
  {
    name: "close",
    types: ["close_write", "close_nowrite"],
    mask: IN.CLOSE,
    meaning: "both: close_write, close_nowrite",
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
    meaning: "the PATH itself was deleted",
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
    meaning: "an entry moved away, or from one name to another",
  },
  {
    name: "moved_to",
    types: ["moved_to", "move"],
    mask: IN.MOVED_TO,
    meaning: "an entry moved in, or from one name to another",
  },
  {
    name: "move",
    types: ["moved_from", "moved_to", "move"],
    mask: IN.MOVE,
    meaning: "both: moved_from, moved_to",
  },
  {
    name: "move_self",
    types: ["move_self"],
    mask: IN.MOVE_SELF,
    meaning: "the PATH itself was moved",
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

/** Every name that `--event` takes. */
export const EVENTS: readonly EventKind[] = [
  ...NAMED,
  {
    name: "all",
    types: typesOf(NAMED),
    mask: IN.ALL_EVENTS,
    meaning: "all of these",
  },
];

/** What is reported unless `--event` says otherwise: all but mere reading. */
export const DEFAULT_EVENTS: readonly EventKind[] = EVENTS.filter(({ types }) =>
  !types.some((type) => OPT_IN_TYPES.includes(type))
);

/** The kinds of event that `events` stand for. */
export function typesOf(events: readonly EventKind[]): WatchEventType[] {
  return events.flatMap(({ types }) => types);
}

/** Names that inotifywait(1) accepts and that add no event. */
const IGNORED_NAMES = ["isdir", "ignored", "oneshot", "q_overflow"];

/**
 * The events for the values of `--event`, each of them names between commas.
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
