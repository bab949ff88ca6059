/** What the watcher tells. */

import { watch } from "../watcher.ts";
import type { WatchEvent, WatchEventType } from "../watch_event.ts";
import { countOf } from "./count.ts";
import { matcher } from "./glob.ts";
import type { Options } from "./options.ts";
import { Progress } from "./progress.ts";
import type { Source } from "./source.ts";

/** Watches the paths, once all that is below them is watched. */
export async function openWatchSource(
  options: Options,
  events: readonly WatchEventType[],
  signal: AbortSignal,
): Promise<Source<WatchEvent>> {
  const { paths, recursive, maxDepth, include, exclude, ignore } = options;
  using progress = new Progress(options.quiet === 0);
  const watcher = await watch(paths, {
    recursive,
    maxDepth,
    include,
    exclude: ignore.length > 0 ? [...exclude, matcher(ignore, paths)] : exclude,
    missing: options.wait ? "wait" : "error",
    events,
    signal,
    onProgress: ({ directories }) => progress.report(directories),
  });
  const { watches } = watcher;
  return {
    subject: recursive
      ? countOf(watches, "directory", "directories")
      : countOf(paths.length, "path", "paths"),
    watches,
    batches: () => watcher.batches({ quiet: 0 }),
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}
