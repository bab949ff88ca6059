/** The options of `watch()`: types, validation and defaults. */

import { CONTENT_TYPES, MASK_BITS, OPT_IN_TYPES } from "../tree/event_types.ts";
import {
  atLeast,
  BOOLEAN,
  FUNCTION,
  listOf,
  oneOf,
  type OptionRule,
  readOptions,
} from "./check_options.ts";
import { compileFilters, isPathFilter, type PathFilter } from "./filter.ts";
import { IN } from "../kernel/mask.ts";
import type { IgnoreFiles } from "../tree/ignore_files.ts";
import type { Scope } from "./scopes.ts";
import type { BasePaths } from "../roots/base_paths.ts";
import type { InotifySource } from "../kernel/inotify.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";

/**
 * The kinds of event that are reported without the option `events`.
 *
 * @example Typing a watcher with default options
 * ```ts
 * import type { DefaultEventType, AlwaysReportedEventType, Watcher } from "@x/inotify";
 *
 * // The type of a watcher that was opened without the option `events`.
 * let watcher: Watcher<DefaultEventType | AlwaysReportedEventType> | undefined;
 * ```
 */
export type DefaultEventType = Exclude<
  WatchEventType,
  "access" | "close_nowrite" | "open"
>;

/**
 * The kinds of event that are reported whatever `events` lists.
 *
 * @example Handling what may make the events incomplete
 * ```ts
 * import type { AlwaysReportedEventType, WatchEvent } from "@x/inotify";
 *
 * function warn(event: WatchEvent<AlwaysReportedEventType>): void {
 *   if (event.type === "unwatched") console.warn(event.error.message);
 *   else console.warn(event.type);
 * }
 * ```
 */
export type AlwaysReportedEventType = "overflow" | "unmount" | "unwatched";

/**
 * The progress of a watcher that is being opened.
 *
 * @example Printing the progress
 * ```ts
 * import { watch, type WatchProgress } from "@x/inotify";
 *
 * const onProgress = ({ directories, path }: WatchProgress) =>
 *   console.log(`${directories} directories, now at ${path}`);
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, { recursive: true, onProgress });
 * ```
 */
export interface WatchProgress {
  /** How many directories are watched. */
  readonly directories: number;
  /** The directory that was watched last. */
  readonly path: string;
}

/**
 * A warning about a watched path on which inotify does not see everything, or about
 * a `.gitignore` file that cannot be read.
 *
 * @example Printing warnings
 * ```ts
 * import { watch, type WatchWarning } from "@x/inotify";
 *
 * const onWarning = ({ reason }: WatchWarning) => console.warn(reason);
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, { onWarning });
 * ```
 */
export interface WatchWarning {
  /** The watched path, as it was given, or the path of a `.gitignore` file. */
  readonly path: string;
  /** The kind of file system, such as `"NFS"`, if that is the reason. */
  readonly fileSystem?: string | undefined;
  /** The text of the warning. */
  readonly reason: string;
}

/**
 * Options of {@linkcode watch}.
 *
 * @typeParam Type The kinds of event that `events` lists.
 *
 * @example Watching a tree without some of its directories
 * ```ts
 * import { watch, type WatchOptions } from "@x/inotify";
 *
 * const options: WatchOptions<"close_write" | "move"> = {
 *   recursive: true,
 *   events: ["close_write", "move"],
 *   exclude: [".git", "node_modules"],
 * };
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, options);
 * ```
 */
export interface WatchOptions<Type extends WatchEventType = WatchEventType> {
  /**
   * Whether to watch directories and everything below them.
   *
   * @default {false}
   */
  recursive?: boolean | undefined;
  /**
   * How many levels below a given path to report; 1 is the entries of that path.
   * It requires `recursive`.
   *
   * @default {Infinity}
   */
  maxDepth?: number | undefined;
  /**
   * The kinds of event to report. It narrows the type of the events. `overflow`,
   * `unwatched` and `unmount` are always reported.
   *
   * By default, all kinds except `access`, `open` and `close_nowrite` are
   * reported, so that a program that reads does not trigger itself.
   */
  events?: readonly Type[] | undefined;
  /**
   * Report only events whose path matches; for a move, either path. Directories
   * that do not match are still watched, with everything below them.
   */
  include?: PathFilter | readonly PathFilter[] | undefined;
  /**
   * Skip matching paths and everything below them. Skipped directories use no
   * watches.
   *
   * Skipped paths are not part of the watched trees: an entry that moves there is
   * reported as `moved_from`.
   */
  exclude?: PathFilter | readonly PathFilter[] | undefined;
  /**
   * Whether to skip what git ignores: the rules of every `.gitignore` file, of
   * `.git/info/exclude` and of the file that `core.excludesFile` names, and `.git`
   * itself. Ignored directories use no watches.
   *
   * When a `.gitignore` file changes, entries that it newly ignores are reported as
   * synthetic `delete`, and entries that it no longer ignores as synthetic `create`.
   *
   * @default {false}
   */
  gitignore?: boolean | undefined;
  /**
   * Which symbolic links to follow. A watched path is followed, unless this is
   * `"none"`. A link below is followed only with `true`, if it leads to a directory.
   *
   * A link below is reported as an entry that is not a directory, and what it leads
   * to, below its path: as synthetic `create`, or `delete` when it leads elsewhere or
   * nowhere, and when it, or a directory on its path, is renamed. A link that leads to
   * a directory on its own path is not followed. Files that several links lead to are
   * reported by each path.
   *
   * @default {false}
   */
  followSymlinks?: boolean | "none" | undefined;
  /**
   * Whether to reject if a path does not exist, or to wait for it.
   *
   * A path is followed by every name on it. If any of these names changes and the
   * path no longer leads to the same directory, `delete_self` or `move_self` reports
   * that. With `"error"`, the path is not watched any more. With `"wait"`, everything
   * below it is reported as deleted. When the path leads to a file or directory
   * again, everything there is reported as synthetic `create`.
   *
   * @default {"error"}
   */
  missing?: "error" | "wait" | undefined;
  /**
   * Whether to report paths relative to the watched path, which itself is `""`. By
   * default, paths begin with the watched path as it was given.
   *
   * @default {false}
   */
  relative?: boolean | undefined;
  /**
   * Whether to report existing entries as synthetic `create`.
   *
   * @default {false}
   */
  initial?: boolean | undefined;
  /**
   * How many events to keep for a slow consumer, with at most 64 MiB of paths. More
   * events stay in the kernel's queue, which may overflow.
   *
   * @default {65536}
   */
  highWaterMark?: number | undefined;
  /** Closes the watcher when it is aborted, also while it is being opened. */
  signal?: AbortSignal | undefined;
  /**
   * Called every few milliseconds while {@linkcode watch} or
   * {@linkcode Watcher.add} lists directories. If it throws, they reject with that
   * error.
   */
  onProgress?: ((progress: WatchProgress) => void) | undefined;
  /**
   * Called once for each watched path on a file system where inotify does not see
   * everything: NFS, SMB, 9p, FUSE, overlay and others. If the file system answers
   * slowly, it may be called after the path is watched. With `gitignore`, it is
   * also called for each `.gitignore` file that cannot be read. If it throws, the
   * watcher closes, and iterating over it throws the same error.
   */
  onWarning?: ((warning: WatchWarning) => void) | undefined;
}

/**
 * Options of {@linkcode Watcher.add} for one path. If an option is missing, that of
 * the watcher applies.
 *
 * @example Watching one path deeper than the others
 * ```ts
 * import { type AddOptions, watch } from "@x/inotify";
 *
 * const options: AddOptions = { recursive: true, exclude: "node_modules" };
 * await using watcher = await watch(await Deno.makeTempDir());
 * await watcher.add(await Deno.makeTempDir(), options);
 * ```
 */
export type AddOptions = Pick<
  WatchOptions,
  "recursive" | "maxDepth" | "include" | "exclude"
>;

/** Options that only the command and `watchFs()` use. */
export interface OpenOptions<Type extends WatchEventType = WatchEventType>
  extends WatchOptions<Type> {
  /**
   * Whether adding a path fails if any directory below it cannot be watched,
   * instead of reporting that as an event.
   *
   * @default {false}
   */
  strict?: boolean;
  /** Reads the files that the option `gitignore` needs. */
  ignoreFiles?: IgnoreFiles | undefined;
  /**
   * Whether an event of a rename has the kernel's number of the rename as its
   * member `cookie`: see {@linkcode RenameEvent}.
   *
   * @default {false}
   */
  cookies?: boolean;
  /** Returns the source of events; by default a new inotify instance. */
  source?: () => InotifySource;
}

/** An event of a watcher with the option `cookies`. */
export type RenameEvent = WatchEvent & {
  /** The same for all events of one rename; missing for other events. */
  readonly cookie?: number;
};

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
