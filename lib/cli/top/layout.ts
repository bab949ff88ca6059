/** The lines on the screen of `--top`. */

import { sprintf } from "@std/fmt/printf";
import { countOf, escape } from "../print/escape.ts";
import type { Activity } from "./activity.ts";

/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What the screen shows. */
export interface View {
  /** What is watched, in words: `3 paths`. */
  readonly subject: string;
  readonly activity: Activity;
  /** Why the counts are not exact, if so. */
  readonly warning: string | undefined;
}

/** Blocks that fill one to eight eighths of a character from its left. */
const BLOCKS = [..."▏▎▍▌▋▊▉█"];

/** A bar takes this part of the width. */
const BAR_PART = 1 / 8;

/** Returns the lines for a terminal of this size. */
export function layout(
  { subject, activity, warning }: View,
  { columns, rows }: Size,
): string[] {
  const { total, recent } = activity.all;
  const events = countOf(total, "event", "events");
  const paths = countOf(activity.paths, "path", "paths");
  const head = [
    `${subject}: ${events} on ${paths}, ${recent} in the last second`,
    warning ? escape(warning) : "Press q to end",
    "",
  ].map((line) => cutEnd(line, columns));

  const busiest = activity.busiest(Math.max(0, rows - head.length - 1));
  const highest = busiest[0]?.recent ?? 0;
  const width = Math.floor(columns * BAR_PART);
  const table = [
    ["RATE/S", "TOTAL", "".padEnd(width), "PATH"] as const,
    ...busiest.map(({ path, total, recent }) =>
      [`${recent}`, `${total}`, bar(recent / highest, width), path] as const
    ),
  ].map((cells) => row(cells, columns));
  return [...head, ...table].slice(0, rows);
}

function row(
  [rate, total, bar, path]: readonly [string, string, string, string],
  columns: number,
): string {
  const left = sprintf("%8s %10s  %s ", rate, total, bar);
  // Paths differ most often at their end.
  return cutEnd(left + cutStart(escape(path), columns - left.length), columns);
}

/** Returns a bar that fills `part` of `width` characters. */
function bar(part: number, width: number): string {
  const eighths = part > 0 ? Math.max(1, Math.round(8 * width * part)) : 0;
  const rest = eighths % 8;
  const full = BLOCKS[7]!.repeat((eighths - rest) / 8);
  return (full + (rest > 0 ? BLOCKS[rest - 1] : "")).padEnd(width);
}

/** Returns the start of `text` that fits into `columns`. */
function cutEnd(text: string, columns: number): string {
  const characters = [...text];
  if (fitting(characters, columns).length === characters.length) return text;
  return `${fitting(characters, columns - 1).join("")}…`;
}

/** Returns the end of `text` that fits into `columns`. */
function cutStart(text: string, columns: number): string {
  const characters = [...text].reverse();
  if (fitting(characters, columns).length === characters.length) return text;
  return `…${fitting(characters, columns - 1).reverse().join("")}`;
}

/** Returns the first characters that fit into `columns`. */
function fitting(characters: readonly string[], columns: number): string[] {
  let width = 0;
  const end = characters.findIndex((character) =>
    (width += widthOf(character)) > columns
  );
  return characters.slice(0, end < 0 ? characters.length : end);
}

// Regular expressions have no property for wide characters. These blocks, most of
// them of East Asian scripts, contain all wide characters and a few others.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const COMBINING = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Returns the width of a character in columns; a few terminals use less. */
export function widthOf(character: string): number {
  if (character <= "\x7f") return 1;
  return WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
}
