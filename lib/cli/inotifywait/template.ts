/** The templates of `--format`. */

import { compile, UsageError } from "../arguments/tokens.ts";
import { type KernelLine, lineNames } from "./lines.ts";
import { compileTime } from "./strftime.ts";

/** Returns the text of a line that was read at `date`. */
export type LineFormat = (line: KernelLine, date: Date) => string;

const SIMPLE: Readonly<Record<string, LineFormat | string>> = {
  "%w": ({ watched }) => watched,
  "%f": ({ name }) => name,
  "%e": eventsBetween(","),
  "%c": ({ cookie }) => cookie.toString(16),
  "%0": "\0",
  "%n": "\n",
  "%%": "%",
};

/**
 * Compiles the values of `--format` and `--timefmt`.
 *
 * @throws {UsageError} If a field is unknown, or `%T` has no format.
 */
export function compileTemplate(
  template: string,
  timeFormat: string | undefined,
): LineFormat {
  const time = timeFormat === undefined
    ? undefined
    : lastKept(compile("timefmt", timeFormat, compileTime));
  const parts = template
    .split(/(%(?:[wfecT0n%]|.e|.)?)/su)
    .filter((part) => part !== "")
    .map(compilePart);

  function compilePart(part: string): LineFormat | string {
    if (!part.startsWith("%")) return part;
    const simple = SIMPLE[part];
    if (simple !== undefined) return simple;
    if (part === "%T") {
      if (time) return time;
      throw new UsageError("Cannot use %T in --format without --timefmt");
    }
    if (part.length > 2 && part.endsWith("e")) {
      return eventsBetween(part.slice(1, -1));
    }
    throw new UsageError(
      `Cannot use "${template}" for --format: the field "${part}" is unknown`,
    );
  }

  return (line, date) => {
    let text = "";
    for (const part of parts) {
      text += typeof part === "string" ? part : part(line, date);
    }
    return text;
  };
}

function eventsBetween(separator: string): LineFormat {
  const texts = new Map<number, string>();
  return ({ mask }) => {
    const text = texts.get(mask) ?? lineNames(mask).join(separator);
    texts.set(mask, text);
    return text;
  };
}

/** Formats a date once for all lines of a batch. */
function lastKept(print: (date: Date) => string): LineFormat {
  let last: Date | undefined;
  let text = "";
  return (_, date) => {
    if (date !== last) text = print(date);
    last = date;
    return text;
  };
}
