/** Formats a batch of events as text, as JSON or with the kernel's fields. */

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

/** The end of each event. */
interface Terminated {
  readonly terminator: string;
}

/** How text is printed on a terminal or into a file. */
export interface TextStyle {
  /** The functions that color the columns, if any. */
  readonly colors?: Colors | undefined;
  /** Whether to escape names. */
  readonly escape: boolean;
  /** Whether to print the date, because a file is read later. */
  readonly date: boolean;
}

/** Options of {@linkcode formatText}. */
export interface TextOptions extends TextStyle, Terminated {}

/** Formats events for people: time, kind and path in columns. */
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

/** Formats events for programs: one JSON object per line. */
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

/** Returns `event` as JSON, without the closing brace. */
function beginJson(event: WatchEvent): string {
  // Nearly all events have this form, and a burst has tens of thousands of them.
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

/** Formats events of the kernel: one per line, with all fields. */
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

/** Replaces an error by an object: JSON would omit some fields of the error. */
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

/** Returns the path; that of a directory ends with a slash. */
function shownPath(
  path: string,
  { isDirectory = false }: { isDirectory?: boolean | undefined },
): string {
  return isDirectory && !path.endsWith("/") ? `${path}/` : path;
}

/** Returns the local date: `2026-07-01`. */
function calendarDate(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** Returns the local time of day in milliseconds. */
function clockTime(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
