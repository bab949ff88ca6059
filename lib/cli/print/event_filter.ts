/** Which events are reported: `--event`, `--include`, `--exts`, `--filter`. */

import { BasePaths } from "../../roots/base_paths.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import { compileFilters, type PathTest } from "../../watch/filter.ts";
import { hasNewContent } from "../../watch/has_new_content.ts";
import { CONTENT, typesOf } from "../arguments/event_names.ts";
import type { Options } from "../arguments/options.ts";

/** What else an event has to be. */
export interface EventFilterOptions {
  /** Returns whether events that write to the file at a path are left out. */
  readonly isOwn?: ((path: string) => boolean) | undefined;
  /** Returns whether events of a path are left out. */
  readonly isScratch?: ((path: string) => boolean) | undefined;
}

type EventTest = (event: WatchEvent) => boolean;

/**
 * Returns a function that tests whether an event is reported; `undefined` if
 * every event is that the watcher yields.
 */
export function compileEventFilter(
  options: Options,
  { isOwn, isScratch }: EventFilterOptions,
): EventTest | undefined {
  const isPath = compilePathTests(options, isScratch);
  const tests: EventTest[] = [
    ...isOwn ? [isNotWriting(isOwn)] : [],
    ...options.initial || options.events.includes(CONTENT)
      ? [isOfType(options)]
      : [],
    ...isPath ? [isAbout(isPath)] : [],
  ];
  if (tests.length === 0) return undefined;
  return (event) => tests.every((test) => test(event));
}

function isNotWriting(isOwn: (path: string) => boolean): EventTest {
  return (event) => event.type !== "modify" || !isOwn(event.path);
}

/** Whether an event was asked for, which its type alone does not say. */
function isOfType({ events, initial }: Options): EventTest {
  const types = typesOf(events.filter((kind) => kind !== CONTENT));
  const isContent = events.includes(CONTENT);
  return (event) =>
    types.includes(event.type) || event.isDirectory === undefined ||
    initial && event.type === "create" && event.synthetic === true ||
    isContent && hasNewContent(event);
}

/** Events that are about no entry are always reported. */
function isAbout(test: PathTest): EventTest {
  return ({ path, from, isDirectory }) =>
    isDirectory === undefined || test(path, isDirectory) ||
    from !== undefined && test(from, isDirectory);
}

function compilePathTests(
  { paths, include, exts, filter }: Options,
  isScratch: EventFilterOptions["isScratch"],
): PathTest | undefined {
  const tests: PathTest[] = [
    ...include.length > 0
      ? [(path: string) => include.some((pattern) => pattern.test(path))]
      : [],
    ...exts.length > 0
      ? [(path: string) => exts.some((ext) => path.endsWith(`.${ext}`))]
      : [],
    ...filter.length > 0 ? [compileLines(filter, paths)] : [],
    ...isScratch ? [(path: string) => !isScratch(path)] : [],
  ];
  if (tests.length === 0) return undefined;
  return (...args) => tests.every((test) => test(...args));
}

/** Lines match below the given paths; a file that was given, by its name. */
function compileLines(
  lines: readonly string[],
  paths: readonly string[],
): PathTest {
  const basePaths = new BasePaths();
  for (const path of paths) basePaths.add(path);
  const isBelow = compileFilters(lines, basePaths)!;
  const isNamed = compileFilters(lines, new BasePaths())!;
  return (path, isDirectory) =>
    isBelow(path, isDirectory) ||
    basePaths.below(path) === "" &&
      isNamed(path.slice(path.lastIndexOf("/") + 1), isDirectory);
}
