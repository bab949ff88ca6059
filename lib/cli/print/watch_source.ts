/** What the watcher tells. */

import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";
import { Libc } from "../../kernel/libc.ts";
import { identityAt } from "../../kernel/stat.ts";
import type { PathFilter } from "../../watch/filter.ts";
import { Watcher } from "../../watch/watcher.ts";
import type { Options } from "../arguments/options.ts";
import { noteBriefly, streams } from "../stdio.ts";
import type { Source } from "../source.ts";
import { countOf } from "./escape.ts";

/** What to watch for. */
export interface WatchSourceOptions {
  /** The kinds of event. */
  readonly types: readonly WatchEventType[];
  /** Whether writing to the file at `path` is not to be told. */
  readonly isOwn?: ((path: string) => boolean) | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Watches the paths, once all that is below them is watched. */
export async function openWatchSource(
  options: Options,
  sourceOptions: WatchSourceOptions,
): Promise<Source<WatchEvent>> {
  const { watcher, ...source } = await openWatcher(options, sourceOptions);
  const batches = () => watcher.batches({ quiet: 0 });
  const { isOwn } = sourceOptions;
  return {
    ...source,
    batches: isOwn ? () => withoutWriting(batches(), isOwn) : batches,
    // Nothing has happened there: whoever waits for something still does.
    counts: ({ type }) => type !== "unwatched",
    sync: () => watcher.sync(),
  };
}

/** The same, but for what is made of the watcher's events. */
export async function openWatcher(
  options: Options,
  { types, signal }: WatchSourceOptions,
): Promise<
  Omit<Source<WatchEvent>, "batches" | "counts"> & { watcher: Watcher }
> {
  const { paths, recursive, maxDepth, include, ignore } = options;
  const excluded = new Set(options.excludedPaths);
  const exclude = [
    ...options.exclude.map(toFilter),
    ...excluded.size > 0 ? [(path: string) => excluded.has(path)] : [],
    ...ignore,
  ];
  using progress = new Progress(options.quiet === 0);
  const watcher = await Watcher.open<WatchEventType>(paths, {
    recursive,
    maxDepth,
    include: include.map(toFilter),
    exclude,
    followSymlinks: options.dereference,
    missing: options.wait ? "wait" : "error",
    events: types,
    signal,
    onProgress: ({ directories }) => progress.report(directories),
  });
  const { watchCount: watches } = watcher;
  const subject = recursive
    ? countOf(watches, "directory", "directories")
    : countOf(paths.length, "path", "paths");
  return {
    watcher,
    subject,
    ...options.wait && { notes: notesOn(paths, subject) },
    watches,
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}

async function* withoutWriting(
  batches: AsyncIterable<readonly WatchEvent[]>,
  isOwn: (path: string) => boolean,
): AsyncGenerator<readonly WatchEvent[]> {
  for await (const batch of batches) {
    const others = batch.filter((event) =>
      event.type !== "modify" || !isOwn(event.path)
    );
    if (others.length > 0) yield others;
  }
}

/** Returns a filter that matches the whole path, as inotifywait does. */
function toFilter(pattern: RegExp): PathFilter {
  return (path) => pattern.test(path);
}

/** Says which paths are waited for, and what is watched besides. */
function notesOn(paths: readonly string[], subject: string): string[] {
  using libc = Libc.acquire();
  const missing = paths.filter((path) => identityAt(path, libc) === undefined);
  return [
    ...missing.map((path) => `Waiting for '${path}'`),
    ...missing.length < paths.length ? [`Watching ${subject}`] : [],
  ];
}

/** After how long the line appears, in milliseconds. */
const PROGRESS_DELAY_MS = 500;

/** How often it changes, in milliseconds. */
const INTERVAL = 100;

/** Shows how many directories are watched, on a terminal, from a while on. */
class Progress implements Disposable {
  #due: number;
  #isShown = false;

  constructor(isWanted: boolean) {
    this.#due = isWanted && streams.stderr.isTerminal()
      ? performance.now() + PROGRESS_DELAY_MS
      : Infinity;
  }

  /** Takes how many there are by now. */
  report(directories: number): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + INTERVAL;
    this.#isShown = true;
    const count = countOf(directories, "directory", "directories");
    noteBriefly(`Watching ${count} so far`);
  }

  /** Clears the line. */
  [Symbol.dispose](): void {
    if (this.#isShown) noteBriefly("");
  }
}
