/** Watches paths and prints what happens to them. */

import type { InotifyEvent } from "../event.ts";
import { Inotify } from "../inotify.ts";
import { toJson } from "./escape.ts";
import type { Options } from "./flags.ts";
import { formatJson, formatRaw, formatText } from "./format.ts";
import { note, print } from "./output.ts";
import { onInterrupt } from "./signals.ts";
import { WatchedPaths } from "./watched_paths.ts";

/** Watches until nothing is left or a signal comes; returns the exit status. */
export async function watchPaths(options: Options): Promise<number> {
  const notes = options.quiet > 0 ? () => {} : note;
  const output = options.quiet > 1 ? () => Promise.resolve() : print;
  await using inotify = new Inotify();
  const watched = new WatchedPaths(inotify, options.paths, options.mask);
  let interrupted: number | undefined;
  using _listening = onInterrupt((status) => {
    interrupted = status;
    inotify.close();
  });
  notes(`Watching ${watched.size} ${watched.size === 1 ? "path" : "paths"}`);
  await output(preamble(options, inotify, watched));
  const format = formatter(options, watched);
  let reported = false;
  while (watched.size > 0 && await inotify.wait()) {
    const events = inotify.read();
    const text = format(events, new Date());
    reported ||= text !== "";
    await output(text);
    watched.forget(events);
  }
  notes(interrupted ? "Interrupted, exiting" : "Nothing is left to watch");
  return interrupted ?? (reported ? 0 : 1);
}

/** What a program that reads the output wants to know before the events. */
function preamble(
  { format }: Options,
  { fd }: Inotify,
  watched: WatchedPaths,
): string {
  switch (format) {
    case "text":
      return "";
    case "json":
      return `${toJson({ type: "ready", watches: watched.size })}\n`;
    case "raw":
      return [...watched].flatMap(([wd, paths]) =>
        paths.map((path) => `Watching ${toJson(path)} (wd=${wd}), fd=${fd}\n`)
      ).join("");
  }
}

function formatter(
  options: Options,
  watched: WatchedPaths,
): (events: readonly InotifyEvent[], date: Date) => string {
  const isTerminal = Deno.stdout.isTerminal();
  const color = options.color === "always" ||
    options.color === "auto" && isTerminal;
  switch (options.format) {
    case "text":
      return (events, date) =>
        formatText(watched.resolve(events), date, {
          color,
          escape: color || isTerminal,
        });
    case "json":
      return (events, date) => formatJson(watched.resolve(events), date);
    case "raw":
      return formatRaw;
  }
}
