/** Which events the consumer gets, and with which paths. */

import type { BasePaths } from "../roots/base_paths.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import type { PathTest } from "./filter.ts";
import type { ResolvedOptions } from "./options.ts";

/**
 * Returns a function that returns an event as the consumer gets it; `undefined`
 * if it is not to be reported.
 */
export function compileReport(
  { types, includes, isRelative }: ResolvedOptions,
  basePaths: BasePaths,
): (event: WatchEvent) => WatchEvent | undefined {
  return (event) => {
    if (!types.has(event.type)) return undefined;
    if (includes && !isIncluded(event, includes)) return undefined;
    return isRelative ? toRelative(event, basePaths) : event;
  };
}

/** Whether `event` is of one of the paths to report. */
function isIncluded(event: WatchEvent, includes: PathTest): boolean {
  const { path, from, isDirectory } = event;
  if (isDirectory === undefined) return true;
  return includes(path, isDirectory) ||
    from !== undefined && includes(from, isDirectory);
}

function toRelative(event: WatchEvent, basePaths: BasePaths): WatchEvent {
  if (event.type === "overflow") return event;
  const path = basePaths.relative(event.path);
  if (event.from === undefined) return { ...event, path };
  return { ...event, path, from: basePaths.relative(event.from) };
}
