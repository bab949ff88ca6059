/** Watches paths and does with the events what the options say. */

import type { InotifyEvent } from "../event.ts";
import type { WatchEvent } from "../watch_event.ts";
import { toCsv } from "./csv.ts";
import { detach } from "./daemon.ts";
import { escape, toJson } from "./escape.ts";
import { Exec } from "./exec.ts";
import { openExecSource } from "./exec_source.ts";
import { warningsFor } from "./file_system.ts";
import { follow } from "./follow.ts";
import { formatJson, formatRaw, formatText } from "./format.ts";
import type { KernelLine } from "./kernel_lines.ts";
import { openLineSource } from "./line_source.ts";
import type { Options } from "./options.ts";
import { Outfile } from "./outfile.ts";
import { note, print } from "./output.ts";
import { Printer } from "./printer.ts";
import { openRawSource } from "./raw_source.ts";
import { Stats } from "./stats.ts";
import { compileTemplate } from "./template.ts";
import { Top } from "./top.ts";
import { openWatchSource, withoutWriting } from "./watch_source.ts";

/** Watches until there is reason to end; returns the exit status. */
export async function watchPaths(options: Options): Promise<number> {
  const { mode, format, terminator, count, timeout } = options;
  using outfile = options.outfile === undefined
    ? undefined
    : new Outfile(options.outfile, options);
  const ending = {
    count,
    timeout,
    notes: options.quiet > 0 ? () => {} : note,
    prints: options.quiet <= 1 && !outfile,
    ...options.daemon && { ready: detach },
  };
  for (const warning of warningsFor(options.paths)) ending.notes(warning);
  const output = options.quiet > 1
    ? () => Promise.resolve()
    : outfile
    ? (text: string) => outfile.print(text)
    : print;
  const isOwn = (path: string) => outfile?.isAt(path) ?? false;
  const types = options.events.flatMap(({ types }) => types);
  const open = async (signal: AbortSignal) =>
    withoutWriting(await openWatchSource(options, types, signal), isOwn);

  switch (mode) {
    case "stats": {
      using stats = new Stats({
        types,
        sort: options.sort,
        escape: styleOf(options).escape ? escape : (path) => path,
        print: output,
        notes: ending.notes,
        warn: note,
      });
      return await follow(open, stats, { ...ending, isTotal: true });
    }
    case "top": {
      await using top = new Top(types);
      return await follow(open, top, { ...ending, isTotal: true });
    }
    case "exec": {
      await using exec = new Exec(options.command, { ...options, ...ending });
      return await follow(
        (signal) => openExecSource(options, types, signal),
        exec,
        { ...ending, prints: false },
      );
    }
  }

  switch (format) {
    case "raw": {
      return await follow(
        (signal) => openRawSource(options, signal, isOwn),
        new Printer<InotifyEvent>({
          print: output,
          heading: ({ heading }) => heading!,
          format: (events) => formatRaw(events, { terminator }),
        }),
        ending,
      );
    }
    case "json": {
      return await follow(
        open,
        new Printer<WatchEvent>({
          print: output,
          heading: ({ watches }) =>
            toJson({ type: "ready", watches }) + terminator,
          format: (events, date) => formatJson(events, date, { terminator }),
        }),
        ending,
      );
    }
    case "csv":
    case "format": {
      const toText = format === "csv"
        ? toCsv
        : compileTemplate(options.template, options.timeFormat);
      const warn = options.quiet > 1 ? () => {} : note;
      return await follow(
        (signal) => openLineSource(options, warn, signal),
        new Printer<KernelLine>({
          print: output,
          format: (lines, date) =>
            lines.map((line) => toText(line, date) + terminator).join(""),
        }),
        ending,
      );
    }
    default: {
      const textOptions = { ...styleOf(options), terminator };
      return await follow(
        open,
        new Printer<WatchEvent>({
          print: output,
          format: (events, date) => formatText(events, date, textOptions),
        }),
        ending,
      );
    }
  }
}

function styleOf(
  { color, outfile }: Options,
): { color: boolean; escape: boolean } {
  const isTerminal = outfile === undefined && Deno.stdout.isTerminal();
  const isColored = color === "always" ||
    color === "auto" && isTerminal && !Deno.noColor;
  return { color: isColored, escape: isColored || isTerminal };
}
