/** `--format` and `--csv`: prints events as inotifywait(1) does. */

import type { Context } from "../context.ts";
import { run } from "../run.ts";
import { type KernelLine, lineNames } from "./lines.ts";
import { openLineSource } from "./source.ts";
import type { Options } from "../arguments/options.ts";
import type { ExitStatus } from "../source.ts";
import { Printer } from "../print/print.ts";
import { compileTemplate } from "./template.ts";
import { escape } from "../print/escape.ts";

/** Prints the lines; returns the exit status. */
export function printLines(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  const { format, template, timeFormat, terminator } = options;
  const toText = format === "csv"
    ? toCsv
    : compileTemplate(template, timeFormat);
  const shown = context.style.escape ? escaped : (line: KernelLine) => line;
  return run<KernelLine>(
    (signal) => openLineSource(options, context, signal),
    new Printer({
      print: context.print,
      format: (lines, date) =>
        lines.map((line) => toText(shown(line), date) + terminator).join(""),
    }),
    context,
  );
}

/** Escapes only the names, not the text of the template around them. */
function escaped(line: KernelLine): KernelLine {
  return { ...line, watched: escape(line.watched), name: escape(line.name) };
}

// Some readers remove spaces at both ends of an unquoted field.
const UNSAFE = /[",\r\n]|^ | $/;

/** Returns the watched path, the events and the entry, separated by commas. */
export function toCsv({ watched, mask, name }: KernelLine): string {
  return [watched, lineNames(mask).join(","), name].map(quoteField).join(",");
}

function quoteField(text: string): string {
  return UNSAFE.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
