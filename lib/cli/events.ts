/** The events by the names that they have on the command line. */

import { IN } from "../mask.ts";
import { UsageError } from "./usage_error.ts";

/** Every name that `--event` takes: those of inotifywait(1), and `all`. */
export const EVENTS = [
  { name: "access", mask: IN.ACCESS, meaning: "a file was read" },
  {
    name: "attrib",
    mask: IN.ATTRIB,
    meaning: "permissions, owner, times or links changed",
  },
  {
    name: "close_write",
    mask: IN.CLOSE_WRITE,
    meaning: "a file opened for writing was closed",
  },
  {
    name: "close_nowrite",
    mask: IN.CLOSE_NOWRITE,
    meaning: "a file opened for reading, or a directory, was closed",
  },
  {
    name: "close",
    mask: IN.CLOSE,
    meaning: "both: close_write, close_nowrite",
  },
  { name: "create", mask: IN.CREATE, meaning: "an entry was created" },
  { name: "delete", mask: IN.DELETE, meaning: "an entry was deleted" },
  {
    name: "delete_self",
    mask: IN.DELETE_SELF,
    meaning: "the PATH itself was deleted",
  },
  { name: "modify", mask: IN.MODIFY, meaning: "a file was written to" },
  { name: "moved_from", mask: IN.MOVED_FROM, meaning: "an entry moved away" },
  { name: "moved_to", mask: IN.MOVED_TO, meaning: "an entry moved in" },
  { name: "move", mask: IN.MOVE, meaning: "both: moved_from, moved_to" },
  {
    name: "move_self",
    mask: IN.MOVE_SELF,
    meaning: "the PATH itself was moved",
  },
  {
    name: "open",
    mask: IN.OPEN,
    meaning: "a file or directory was opened",
  },
  {
    name: "unmount",
    mask: IN.UNMOUNT,
    meaning: "the file system of PATH was unmounted; always reported",
  },
  { name: "all", mask: IN.ALL_EVENTS, meaning: "all of these" },
] as const;

/** What is reported unless `--event` says otherwise: all but mere reading. */
export const DEFAULT_MASK: number = IN.ALL_EVENTS &
  ~(IN.ACCESS | IN.CLOSE_NOWRITE | IN.OPEN);

/**
 * The mask for the values of `--event`, each of them names between commas.
 *
 * @throws {UsageError} If a name is unknown.
 */
export function maskOfEvents(lists: readonly string[]): number {
  return lists
    .flatMap((list) => list.toLowerCase().split(","))
    .reduce((mask, name) => mask | maskOfEvent(name), 0);
}

function maskOfEvent(name: string): number {
  const event = EVENTS.find((event) => event.name === name);
  if (event) return event.mask;
  throw new UsageError(
    `Cannot report the event '${name}': the known are ${
      EVENTS.map(({ name }) => name).join(", ")
    }`,
  );
}
