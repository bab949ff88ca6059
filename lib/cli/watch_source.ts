/** What the watcher tells, as text. */

import { watch } from "../watcher.ts";
import type { WatchEvent } from "../watch_event.ts";
import { countOf } from "./count.ts";
import { toJson } from "./escape.ts";
import type { Options } from "./flags.ts";
import { formatJson, formatText } from "./format.ts";
import { matcher } from "./glob.ts";
import { Progress } from "./progress.ts";
import type { Source } from "./source.ts";

/** Watches the paths, once all that is below them is watched. */
export async function openWatchSource(
  options: Options,
  signal: AbortSignal,
): Promise<Source> {
  const { paths, recursive, maxDepth, include, exclude, ignore } = options;
  using progress = new Progress(options.quiet === 0);
  const watcher = await watch(paths, {
    recursive,
    maxDepth,
    include,
    exclude: ignore.length > 0 ? [...exclude, matcher(ignore, paths)] : exclude,
    missing: options.wait ? "wait" : "error",
    events: options.events.flatMap(({ types }) => types),
    signal,
    onProgress: ({ directories }) => progress.report(directories),
  });
  const { watches } = watcher;
  const format = formatter(options);
  return {
    subject: recursive
      ? countOf(watches, "directory", "directories")
      : countOf(paths.length, "path", "paths"),
    preamble: options.format === "json"
      ? `${toJson({ type: "ready", watches })}\n`
      : "",
    async *texts() {
      for await (const events of watcher.batches({ quiet: 0 })) {
        yield format(events, new Date());
      }
    },
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}

function formatter(
  { format, color }: Options,
): (events: readonly WatchEvent[], date: Date) => string {
  if (format === "json") return formatJson;
  const isTerminal = Deno.stdout.isTerminal();
  const isColored = color === "always" || color === "auto" && isTerminal;
  const textOptions = { color: isColored, escape: isColored || isTerminal };
  return (events, date) => formatText(events, date, textOptions);
}
