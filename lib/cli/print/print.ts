/** Prints events: as text, as JSON, or with the kernel's own fields. */

import type { InotifyEvent } from "../../kernel/inotify_event.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import type { Context } from "../context.ts";
import { typesOf } from "../arguments/event_names.ts";
import { run } from "../run.ts";
import { formatJson, formatRaw, formatText } from "./format.ts";
import type { Options } from "../arguments/options.ts";
import type { ExitStatus, Sink, Source } from "../source.ts";
import { toJson } from "./escape.ts";
import { openWatchSource } from "./watch_source.ts";

/** Prints the events; returns the exit status. */
export function printEvents(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  return options.format === "raw"
    ? printKernelEvents(options, context)
    : printWatchEvents(options, context);
}

async function printKernelEvents(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  // Loaded first, because the source has to handle a signal that ends the run.
  const { openRawSource } = await import("./raw_source.ts");
  return await run<InotifyEvent>(
    (signal) => openRawSource(options, signal, context.isOwn),
    new Printer({
      print: context.print,
      heading: ({ heading }) => heading!,
      format: (events) => formatRaw(events, options),
    }),
    context,
  );
}

function printWatchEvents(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  return run<WatchEvent>(
    (signal) =>
      openWatchSource(options, {
        types: typesOf(options.events),
        isOwn: context.isOwn,
        signal,
      }),
    new Printer({ print: context.print, ...formatOf(options, context) }),
    context,
  );
}

function formatOf(
  { format, terminator }: Options,
  { style }: Context,
): Omit<PrinterOptions<WatchEvent>, "print"> {
  if (format !== "json") {
    const textOptions = { ...style, terminator };
    return { format: (events, date) => formatText(events, date, textOptions) };
  }
  return {
    heading: ({ watches }) => toJson({ type: "ready", watches }) + terminator,
    format: (events, date) => formatJson(events, date, { terminator }),
  };
}

/** Options of a {@linkcode Printer}. */
interface PrinterOptions<T> {
  /** Prints a text. */
  readonly print: (text: string) => Promise<void>;
  /** Returns the text before the events. */
  readonly heading?: (source: Source<T>) => string;
  /** Returns the text of events that were read at `date`. */
  readonly format: (events: readonly T[], date: Date) => string;
}

/** Prints each batch of events at once. */
export class Printer<T> implements Sink<T> {
  readonly #options: PrinterOptions<T>;

  constructor(options: PrinterOptions<T>) {
    this.#options = options;
  }

  async begin(source: Source<T>): Promise<void> {
    const { print, heading } = this.#options;
    if (heading) await print(heading(source));
  }

  async take(events: readonly T[]): Promise<void> {
    const { print, format } = this.#options;
    await print(format(events, new Date()));
  }
}
