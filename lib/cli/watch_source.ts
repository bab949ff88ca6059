/** What the watcher tells. */

import { watch, type Watcher } from "../watcher.ts";
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
  const { watcher, ...source } = await openWatcher(options, events, signal);
  return { ...source, batches: () => watcher.batches({ quiet: 0 }) };
}

/** The same, but for what is made of the watcher's events. */
export async function openWatcher(
  options: Options,
  events: readonly WatchEventType[],
  signal: AbortSignal,
): Promise<Omit<Source<WatchEvent>, "batches"> & { watcher: Watcher }> {
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
    watcher,
    subject: recursive
      ? countOf(watches, "directory", "directories")
      : countOf(paths.length, "path", "paths"),
    watches,
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}

/** `source` without the writing to files for which `isOwn` holds. */
export function withoutWriting(
  source: Source<WatchEvent>,
  isOwn: (path: string) => boolean,
): Source<WatchEvent> {
  return {
    ...source,
    async *batches() {
      for await (const batch of source.batches()) {
        const others = batch.filter((event) =>
          event.type !== "modify" || !isOwn(event.path)
        );
        if (others.length > 0) yield others;
      }
    },
  };
}
