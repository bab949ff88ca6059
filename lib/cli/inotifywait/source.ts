/** The source of `--format` and `--csv`: the lines of inotifywait(1). */

import { IN } from "../../kernel/mask.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import type { Context } from "../context.ts";
import { WatchedPaths } from "./watched_paths.ts";
import { type KernelLine, kernelLines, typesOfLines } from "./lines.ts";
import type { Options } from "../arguments/options.ts";
import type { Source } from "../source.ts";
import { openWatchSource } from "../print/watch_source.ts";

/**
 * Watches the paths. An event that is always reported, but has no line here, goes
 * to `warn`.
 */
export async function openLineSource(
  options: Options,
  { warn, isOwn }: Pick<Context, "warn" | "isOwn">,
  signal: AbortSignal,
): Promise<Source<KernelLine>> {
  const { include, exclude } = options;
  const wanted = options.events.reduce((mask, event) => mask | event.mask, 0);
  const given = new WatchedPaths(options);
  // `include` is applied to each half of a move separately.
  const source = await openWatchSource(
    { ...options, include: [] },
    { types: typesOfLines(wanted), cookies: true, isOwn, signal },
  );

  function isWanted({ mask, watched, name }: KernelLine): boolean {
    if ((mask & wanted) === 0) return false;
    const path = watched + name;
    const isIncluded = include.length === 0 ||
      include.some((pattern) => pattern.test(path));
    return isIncluded && !exclude.some((pattern) => pattern.test(path));
  }

  function toLines(event: WatchEvent): KernelLine[] {
    const warning = warningOf(event, wanted);
    if (warning !== undefined) warn(warning);
    return kernelLines(event, given).filter(isWanted);
  }

  return {
    ...source,
    counts: () => true,
    async *batches() {
      for await (const events of source.batches()) {
        const lines = events.flatMap(toLines);
        if (lines.length > 0) yield lines;
      }
    },
  };
}

function warningOf(event: WatchEvent, wanted: number): string | undefined {
  switch (event.type) {
    case "overflow":
      return "The kernel dropped events; what changed is reported next";
    case "unwatched":
      return event.error.message;
    case "unmount":
      if (wanted & IN.UNMOUNT) return undefined;
      return `The file system at '${event.path}' was unmounted`;
  }
}
