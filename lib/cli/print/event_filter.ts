/** Which events are reported: `--event`, `--include`, `--exts`, `--filter`. */

import { BasePaths } from "../../roots/base_paths.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import { compileFilters, type PathTest } from "../../watch/filter.ts";
import { hasNewContent } from "../../watch/has_new_content.ts";
import { CONTENT, typesOf } from "../arguments/event_names.ts";
import type { Options } from "../arguments/options.ts";

/** Options of {@linkcode compileEventFilter}. */
export interface EventFilterOptions {
  /** Returns whether to leave out events of writing to the file at a path. */
  readonly isOwn?: ((path: string) => boolean) | undefined;
  /** Returns whether to leave out the events of a path. */
  readonly isScratch?: ((path: string) => boolean) | undefined;
}

type EventTest = (event: WatchEvent) => boolean;

/**
 * Returns a function that tests whether an event is reported; `undefined` if every
 * event of the watcher is reported.
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

/** Returns whether `--event` selects an event, if its type does not decide that. */
function isOfType({ events, initial }: Options): EventTest {
  const types = typesOf(events.filter((kind) => kind !== CONTENT));
  const isContent = events.includes(CONTENT);
  return (event) =>
    types.includes(event.type) || event.isDirectory === undefined ||
    initial && event.type === "create" && event.synthetic === true ||
    isContent && hasNewContent(event);
}

/** Returns whether `test` accepts a path. Events without an entry are accepted. */
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

/** Lines are matched below the given paths. A given file is matched by its name. */
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
