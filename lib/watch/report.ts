/** Decides which events to report, and with which paths. */

import type { BasePaths } from "../roots/base_paths.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import type { ResolvedOptions } from "./resolve_options.ts";
import type { Scopes } from "./scopes.ts";

/**
 * Returns a function that translates an event for the consumer. It returns
 * `undefined` for an event that is not reported.
 */
export function compileReport(
  { types, isRelative }: ResolvedOptions,
  scopes: Scopes,
  basePaths: BasePaths,
): (event: WatchEvent) => WatchEvent | undefined {
  return (event) => {
    if (!types.has(event.type)) return undefined;
    if (!isIncluded(event, scopes)) return undefined;
    return isRelative ? toRelative(event, basePaths) : event;
  };
}

/** Returns whether a path of `event` is reported. */
function isIncluded(event: WatchEvent, scopes: Scopes): boolean {
  const { path, from, isDirectory } = event;
  if (isDirectory === undefined) return true;
  const isMeant = (path: string) =>
    scopes.around(path).includes?.(path, isDirectory) ?? true;
  return isMeant(path) || from !== undefined && isMeant(from);
}

function toRelative(event: WatchEvent, basePaths: BasePaths): WatchEvent {
  if (event.type === "overflow") return event;
  const path = basePaths.relative(event.path);
  if (event.from === undefined) return { ...event, path };
  return { ...event, path, from: basePaths.relative(event.from) };
}
