/** The source of most modes: a {@linkcode Watcher}. */

import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";
import { Libc } from "../../kernel/libc.ts";
import { identityAt } from "../../kernel/stat.ts";
import type { PathFilter } from "../../watch/filter.ts";
import type { WatchWarning } from "../../watch/options.ts";
import { Watcher } from "../../watch/watcher.ts";
import type { Options } from "../arguments/options.ts";
import { note, noteBriefly, streams } from "../stdio.ts";
import type { Source } from "../source.ts";
import { countOf } from "./escape.ts";
import { compileEventFilter, type EventFilterOptions } from "./event_filter.ts";

/** Options of a source. */
export interface WatchSourceOptions extends EventFilterOptions {
  /** The kinds of event to report. */
  readonly types: readonly WatchEventType[];
  /** Further lines like those of `--ignore`. */
  readonly ignore?: readonly string[];
  /** Whether events of renames have cookies. */
  readonly cookies?: boolean;
  /** Ends the source. */
  readonly signal: AbortSignal;
}

/** Watches the paths; resolves when everything below them is watched. */
export async function openWatchSource(
  options: Options,
  sourceOptions: WatchSourceOptions,
): Promise<Source<WatchEvent>> {
  const { watcher, batches, ...source } = await openWatcher(
    options,
    sourceOptions,
  );
  return {
    ...source,
    batches,
    // An `unwatched` is not a change, so it does not count for `--count`.
    counts: ({ type }) => type !== "unwatched",
    sync: () => watcher.sync(),
  };
}

/** Opens the watcher of a source. */
export async function openWatcher(
  options: Options,
  sourceOptions: WatchSourceOptions,
): Promise<
  Omit<Source<WatchEvent>, "counts"> & { watcher: Watcher }
> {
  const { paths, recursive, maxDepth, gitignore, initial } = options;
  const { types, signal, ignore = [], cookies = false } = sourceOptions;
  const excluded = new Set(options.excludedPaths);
  const exclude = [
    ...options.exclude.map(toFilter),
    ...excluded.size > 0 ? [(path: string) => excluded.has(path)] : [],
    ...ignore,
    ...options.ignore,
  ];
  // The watches of directories above the given paths are not counted here.
  let directories = 0;
  using progress = new Progress(options.quiet === 0);
  const watcher = await Watcher.open<WatchEventType>(paths, {
    recursive,
    maxDepth,
    exclude,
    gitignore,
    initial,
    followSymlinks: options.dereference ? options.followsLinks : "none",
    missing: options.wait ? "wait" : "error",
    events: initial ? [...types, "create"] : types,
    cookies,
    signal,
    ...gitignore && { onWarning: warnOfRules(options) },
    onProgress(latest) {
      directories = latest.directories;
      progress.report(directories);
    },
  });
  const { watchCount: watches } = watcher;
  const subject = recursive
    ? countOf(directories, "directory", "directories")
    : countOf(paths.length, "path", "paths");
  const batches = () => watcher.batches({ quiet: 0 });
  const isReported = compileEventFilter(options, sourceOptions);
  return {
    watcher,
    batches: isReported ? () => filtered(batches(), isReported) : batches,
    subject,
    ...options.wait && { notes: notesOn(options, subject) },
    watches,
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}

/**
 * Returns a function that notes which `.gitignore` cannot be read. The other
 * warnings are those of `remarksOn()`.
 */
function warnOfRules({ quiet }: Options): (warning: WatchWarning) => void {
  return ({ fileSystem, reason }) => {
    if (fileSystem === undefined && quiet < 2) note(reason);
  };
}

async function* filtered(
  batches: AsyncIterable<readonly WatchEvent[]>,
  isReported: (event: WatchEvent) => boolean,
): AsyncGenerator<readonly WatchEvent[]> {
  for await (const batch of batches) {
    const reported = batch.filter(isReported);
    if (reported.length > 0) yield reported;
  }
}

/** Returns a filter that matches the whole path, as inotifywait does. */
function toFilter(pattern: RegExp): PathFilter {
  return (path) => pattern.test(path);
}

/** The events for which a script waits if it waits for a file. */
const ARRIVALS: readonly string[] = ["create", "close_write", "content"];

/** Returns notes about the paths that are waited for, and about the others. */
function notesOn(
  { paths, count, initial, events }: Options,
  subject: string,
): string[] {
  using libc = Libc.acquire();
  const missing = paths.filter((path) => identityAt(path, libc) === undefined);
  const [present] = paths.filter((path) => !missing.includes(path));
  // A script that waits for a file would wait for another one.
  const isMissed = count === 1 && !initial &&
    events.some(({ name }) => ARRIVALS.includes(name));
  return [
    ...missing.map((path) => `Waiting for '${path}'`),
    ...present !== undefined ? [`Watching ${subject}`] : [],
    ...present !== undefined && isMissed
      ? [`'${present}' is there already, which --initial reports`]
      : [],
  ];
}

/** After how long the progress is shown, in milliseconds. */
const PROGRESS_DELAY_MS = 500;

/** The time between two updates of the progress, in milliseconds. */
const INTERVAL = 100;

/** Shows on a terminal how many directories are watched, after a while. */
class Progress implements Disposable {
  #due: number;
  #isShown = false;

  constructor(isWanted: boolean) {
    this.#due = isWanted && streams.stderr.isTerminal()
      ? performance.now() + PROGRESS_DELAY_MS
      : Infinity;
  }

  /** Shows that this many directories are watched. */
  report(directories: number): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + INTERVAL;
    this.#isShown = true;
    const count = countOf(directories, "directory", "directories");
    noteBriefly(`Watching ${count} so far`);
  }

  /** Clears the line of the progress. */
  [Symbol.dispose](): void {
    if (this.#isShown) noteBriefly("");
  }
}
