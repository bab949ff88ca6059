/** A batch of events as text, for people and for programs. */

import type { InotifyEvent } from "../../kernel/inotify_event.ts";
import { maskNames } from "../../kernel/mask.ts";
import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";
import type { Colors } from "./colors.ts";
import { escape, quote, toJson } from "./escape.ts";

type StyleName =
  | "blue"
  | "bold"
  | "cyan"
  | "dim"
  | "green"
  | "magenta"
  | "red"
  | "yellow";

const COLORS: Readonly<Record<WatchEventType, StyleName>> = {
  access: "dim",
  attrib: "blue",
  close_nowrite: "dim",
  close_write: "cyan",
  create: "green",
  delete: "red",
  delete_self: "red",
  modify: "yellow",
  move: "magenta",
  move_self: "magenta",
  moved_from: "magenta",
  moved_to: "magenta",
  open: "dim",
  overflow: "bold",
  unmount: "bold",
  unwatched: "bold",
};

const WIDTH = Math.max(...Object.keys(COLORS).map((type) => type.length));

/** What stands behind each event. */
interface Terminated {
  readonly terminator: string;
}

/** How text treats what a terminal would interpret. */
export interface TextStyle {
  /** What colors the columns. */
  readonly colors?: Colors | undefined;
  /** Escape the names. */
  readonly escape: boolean;
  /** Whether the time has a date, as in a file that is read later. */
  readonly date: boolean;
}

/** How {@linkcode formatText} prints. */
export interface TextOptions extends TextStyle, Terminated {}

/** For people: time, event and path in columns. */
export function formatText(
  events: Iterable<WatchEvent>,
  date: Date,
  options: TextOptions,
): string {
  const { colors } = options;
  const time = options.date
    ? `${calendarDate(date)} ${clockTime(date)}`
    : clockTime(date);
  let text = "";
  for (const event of events) {
    const type = event.type.padEnd(WIDTH);
    const subject = options.escape
      ? escape(subjectOf(event))
      : subjectOf(event);
    text += colors
      ? `${colors.dim(time)} ${colors[COLORS[event.type]](type)} ${subject}`
      : `${time} ${type} ${subject}`;
    text += options.terminator;
  }
  return text;
}

/** For programs: one JSON object a line. */
export function formatJson(
  events: Iterable<WatchEvent>,
  date: Date,
  { terminator }: Terminated,
): string {
  const end = `,"time":"${date.toISOString()}"}${terminator}`;
  let text = "";
  for (const event of events) text += beginJson(event) + end;
  return text;
}

/** `event` as JSON, without the brace at its end. */
function beginJson(event: WatchEvent): string {
  // Of this form are nearly all, and a burst has ten thousands of them.
  if (
    event.isDirectory !== undefined && event.type !== "move" && !event.synthetic
  ) {
    const { type, path, isDirectory } = event;
    return `{"type":"${type}","path":${
      quote(path)
    },"isDirectory":${isDirectory}`;
  }
  return toJson(withPlainError(event)).slice(0, -1);
}

/** As the kernel has it: one event a line, all its fields. */
export function formatRaw(
  events: Iterable<InotifyEvent>,
  { terminator }: Terminated,
): string {
  let text = "";
  for (const { wd, mask, cookie, name } of events) {
    const names = maskNames(mask).join(" | ");
    text += `wd=${wd} mask=0x${mask.toString(16)} (${names}) ` +
      `cookie=${cookie} name=${toJson(name)}${terminator}`;
  }
  return text;
}

/** JSON has no errors, and of an error's fields it would leave out some. */
function withPlainError(event: WatchEvent): object {
  if (event.type !== "unwatched") return event;
  const { name, code, message, ...rest } = event.error;
  return { ...event, error: { name, code, message, ...rest } };
}

function subjectOf(event: WatchEvent): string {
  switch (event.type) {
    case "move":
      return `${shownPath(event.from, event)} -> ${
        shownPath(event.path, event)
      }`;
    case "overflow":
      return "the kernel dropped events; what changed is reported next";
    case "unwatched":
      return `${event.path}: ${event.error.message}`;
    default:
      return shownPath(event.path, event);
  }
}

/** A directory has a slash at its end. */
function shownPath(
  path: string,
  { isDirectory = false }: { isDirectory?: boolean | undefined },
): string {
  return isDirectory && !path.endsWith("/") ? `${path}/` : path;
}

/** The local date: `2026-07-01`. */
function calendarDate(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** The local time of day, to the millisecond. */
function clockTime(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
