/** The defaults of the options of `watch()`, and the rules for their values. */

import { IN } from "../kernel/mask.ts";
import type { BasePaths } from "../roots/base_paths.ts";
import { CONTENT_TYPES, MASK_BITS, OPT_IN_TYPES } from "../tree/event_types.ts";
import type { WatchEventType } from "../tree/watch_event.ts";
import {
  atLeast,
  BOOLEAN,
  FUNCTION,
  listOf,
  oneOf,
  type OptionRule,
  readOptions,
} from "./check_options.ts";
import { compileFilters, isPathFilter } from "./filter.ts";
import type {
  AddOptions,
  AlwaysReportedEventType,
  OpenOptions,
  WatchOptions,
} from "./options.ts";
import type { Scope } from "./scopes.ts";

const EVENT_TYPES = Object.keys(MASK_BITS) as WatchEventType[];
const DEFAULT_TYPES = EVENT_TYPES.filter((kind) =>
  !OPT_IN_TYPES.includes(kind)
);
/** The rule for a filter or a list of filters. */
const PATH_FILTERS: OptionRule = {
  expected: "a string, a RegExp, a function, or a list of these",
  accepts: isPathFilter,
  list: "allowed",
};
const ALWAYS_REPORTED: readonly AlwaysReportedEventType[] = [
  "overflow",
  "unmount",
  "unwatched",
];

/** The rules for the values of {@linkcode WatchOptions}. */
const WATCH_OPTIONS = {
  recursive: BOOLEAN,
  maxDepth: atLeast(1),
  events: listOf(EVENT_TYPES),
  include: PATH_FILTERS,
  exclude: PATH_FILTERS,
  gitignore: BOOLEAN,
  followSymlinks: {
    expected: 'true, false or "none"',
    accepts: (value) => typeof value === "boolean" || value === "none",
  },
  missing: oneOf(["error", "wait"]),
  initial: BOOLEAN,
  relative: BOOLEAN,
  highWaterMark: atLeast(1),
  signal: {
    expected: "an AbortSignal",
    accepts: (value) => value instanceof AbortSignal,
  },
  onProgress: FUNCTION,
  onWarning: FUNCTION,
} as const satisfies Record<keyof WatchOptions, OptionRule>;

const ADD_OPTIONS = {
  recursive: WATCH_OPTIONS.recursive,
  maxDepth: WATCH_OPTIONS.maxDepth,
  include: WATCH_OPTIONS.include,
  exclude: WATCH_OPTIONS.exclude,
} as const satisfies Record<keyof AddOptions, OptionRule>;

/**
 * Returns a copy of the options of {@linkcode watch}, which are checked for callers
 * without a compiler.
 *
 * @throws {TypeError} If an option is unknown or of a wrong type, or if
 * `maxDepth` is set without `recursive`.
 * @throws {RangeError} If an option is out of range.
 */
export function readWatchOptions<Options extends WatchOptions>(
  options: Options,
): Options {
  const copy = readOptions(options, WATCH_OPTIONS);
  checkMaxDepth(copy);
  return copy;
}

function checkMaxDepth({ maxDepth, recursive }: WatchOptions): void {
  if (maxDepth === undefined || recursive) return;
  throw new TypeError(
    'Cannot use the option "maxDepth" without "recursive": expected `recursive: true`',
  );
}

/** {@linkcode WatchOptions} with defaults, in the form that the watcher uses. */
export interface ResolvedOptions {
  /** The kinds of event to report. */
  readonly types: ReadonlySet<WatchEventType>;
  /** The kernel's events to watch, in addition to those that the tree needs. */
  readonly mask: number;
  /** The default scope of a given path. */
  readonly scope: Scope;
  /** Whether to report paths relative to the given path. */
  readonly isRelative: boolean;
  /** Whether to wait for paths that do not exist. */
  readonly waitForMissing: boolean;
  /** Which symbolic links to follow. */
  readonly followSymlinks: boolean | "none";
  /** Whether adding a path fails if any directory cannot be watched. */
  readonly isStrict: boolean;
  /** Whether events of renames have cookies. */
  readonly hasCookies: boolean;
  readonly highWaterMark: number;
}

/** Fills in the defaults of `options`. Filters match paths below `basePaths`. */
export function resolveOptions(
  options: OpenOptions<WatchEventType>,
  basePaths: BasePaths,
): ResolvedOptions {
  const {
    events = DEFAULT_TYPES,
    relative: isRelative = false,
    missing = "error",
    followSymlinks = false,
    strict: isStrict = false,
    cookies: hasCookies = false,
    highWaterMark = 65_536,
  } = options;
  const types = new Set<WatchEventType>([...events, ...ALWAYS_REPORTED]);
  return {
    types,
    // An ignore file is read again after it was written.
    mask: maskFor(types) | (options.ignoreFiles ? IN.CLOSE_WRITE : 0),
    scope: resolveScope(options, basePaths),
    isRelative,
    waitForMissing: missing === "wait",
    followSymlinks,
    isStrict,
    hasCookies,
    highWaterMark,
  };
}

function resolveScope(
  options: OpenOptions<WatchEventType>,
  basePaths: BasePaths,
): Scope {
  const { recursive = false, maxDepth = Infinity, include, exclude, relative } =
    options;
  return {
    depth: recursive ? maxDepth : 1,
    includes: compileFilters(include, basePaths, relative),
    excludes: compileFilters(exclude, basePaths, relative),
    ignoreFiles: options.ignoreFiles,
  };
}

/**
 * Checks `own`, the options of one path, and fills in those of the watcher. Returns
 * undefined if the path has no options of its own.
 *
 * @throws {TypeError} If an option is unknown or of a wrong type, or if
 * `maxDepth` is set without `recursive`.
 * @throws {RangeError} If an option is out of range.
 */
export function resolveAddOptions(
  own: AddOptions,
  options: OpenOptions<WatchEventType>,
  basePaths: BasePaths,
): Scope | undefined {
  const copy = readOptions(own, ADD_OPTIONS);
  const given = Object.entries(copy).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  const all: OpenOptions<WatchEventType> = {
    ...options,
    ...Object.fromEntries(given),
  };
  // The `maxDepth` of the watcher does not apply to a path without `recursive`.
  if (!all.recursive && copy.maxDepth === undefined) delete all.maxDepth;
  checkMaxDepth(all);
  return resolveScope(all, basePaths);
}

/** Returns the kernel's events for `types`, without those that the tree needs. */
function maskFor(types: ReadonlySet<WatchEventType>): number {
  let mask = 0;
  for (const [bit, type] of CONTENT_TYPES) if (types.has(type)) mask |= bit;
  return mask;
}
