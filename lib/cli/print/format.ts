/** A batch of events as text, for people and for programs. */

import type { InotifyEvent } from "../../kernel/inotify_event.ts";
import { maskNames } from "../../kernel/mask.ts";
import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";
import {
  blue,
  bold,
  cyan,
  dim,
  escape,
  green,
  magenta,
  quote,
  red,
  toJson,
  yellow,
} from "./escape.ts";

const COLORS: Readonly<Record<WatchEventType, (text: string) => string>> = {
  access: dim,
  attrib: blue,
  close_nowrite: dim,
  close_write: cyan,
  create: green,
  delete: red,
  delete_self: red,
  modify: yellow,
  move: magenta,
  move_self: magenta,
  moved_from: magenta,
  moved_to: magenta,
  open: dim,
  overflow: bold,
  unmount: bold,
  unwatched: bold,
};

const WIDTH = Math.max(...Object.keys(COLORS).map((type) => type.length));

/** What stands behind each event. */
interface Terminated {
  readonly terminator: string;
}

/** How text treats what a terminal would interpret. */
export interface TextStyle {
  /** Colour the columns. */
  readonly color: boolean;
  /** Escape the names. */
  readonly escape: boolean;
}

/** How {@linkcode formatText} prints. */
export interface TextOptions extends TextStyle, Terminated {}

/** For people: time, event and path in columns. */
export function formatText(
  events: Iterable<WatchEvent>,
  date: Date,
  options: TextOptions,
): string {
  const time = clockTime(date);
  let text = "";
  for (const event of events) {
    const type = event.type.padEnd(WIDTH);
    const subject = options.escape
      ? escape(subjectOf(event))
      : subjectOf(event);
    text += options.color
      ? `${dim(time)} ${COLORS[event.type](type)} ${subject}`
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
      return `${event.from} -> ${event.path}`;
    case "overflow":
      return "the kernel dropped events; the difference follows";
    case "unwatched":
      return `${event.path}: ${event.error.message}`;
    default:
      return event.path;
  }
}

/** The local time of day, to the millisecond. */
function clockTime(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
