/** The options of `watch()`, and what follows from them. */

import { CONTENT_TYPES, MASK_BITS, OPT_IN_TYPES } from "../tree/event_types.ts";
import {
  atLeast,
  BOOLEAN,
  checkOptions,
  FUNCTION,
  listOf,
  oneOf,
  type OptionRule,
} from "./check_options.ts";
import {
  compileFilters,
  isPathFilter,
  type PathFilter,
  type PathTest,
} from "./filter.ts";
import type { BasePaths } from "../roots/base_paths.ts";
import type { WatchEventType } from "../tree/watch_event.ts";

/**
 * The kinds of event that are reported unless `events` says otherwise.
 *
 * @example
 * ```ts
 * import type { DefaultEventType, AlwaysReportedEventType, Watcher } from "@x/inotify";
 *
 * // What `watch()` resolves to without the option `events`.
 * let watcher: Watcher<DefaultEventType | AlwaysReportedEventType> | undefined;
 * ```
 */
export type DefaultEventType = Exclude<
  WatchEventType,
  "access" | "close_nowrite" | "open"
>;

/**
 * The kinds of event that cannot be switched off.
 *
 * @example
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
 * How far the walk through what is to be watched has come.
 *
 * @example
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
 * Options of {@linkcode watch}.
 *
 * @example
 * ```ts
 * import { watch, type WatchOptions } from "@x/inotify";
 *
 * const options: WatchOptions<"close_write" | "move"> = {
 *   recursive: true,
 *   events: ["close_write", "move"],
 *   exclude: [/\/\.git(\/|$)/],
 * };
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, options);
 * ```
 */
export interface WatchOptions<Type extends WatchEventType = WatchEventType> {
  /**
   * Whether to watch directories with all that lies below them.
   *
   * @default {false}
   */
  recursive?: boolean | undefined;
  /**
   * How deep below a path entries are reported: 1 is its own. It requires
   * `recursive`.
   *
   * @default {Infinity}
   */
  maxDepth?: number | undefined;
  /**
   * The kinds of event to report. It narrows the type of what the watcher
   * yields; `overflow`, `unwatched` and `unmount` come in any case.
   *
   * By default all but `access`, `open` and `close_nowrite`, so that reading
   * does not trigger a reader.
   */
  events?: readonly Type[] | undefined;
  /**
   * Report only these paths, of a move either one. What is not reported is
   * watched all the same, and so is what lies below it.
   */
  include?: PathFilter | readonly PathFilter[] | undefined;
  /**
   * Pass by these paths and all that lies below them: they cost no watch.
   *
   * They are no part of what is watched: what moves there has moved out.
   */
  exclude?: PathFilter | readonly PathFilter[] | undefined;
  /**
   * What to do about a path that does not exist: to reject, or to watch where
   * it will come to be, also again after it was deleted. While a directory is
   * there, the ones above it are not watched: if they are renamed, nothing
   * tells.
   *
   * @default {"error"}
   */
  missing?: "error" | "wait" | undefined;
  /**
   * Whether to report what is there already, as synthetic `create`.
   *
   * @default {false}
   */
  initial?: boolean | undefined;
  /**
   * How many events to keep for a slow consumer; from there on they stay in the
   * kernel's queue, which may overflow.
   *
   * @default {65536}
   */
  highWaterMark?: number | undefined;
  /** Closes the watcher when it is aborted, also while it is being set up. */
  signal?: AbortSignal | undefined;
  /**
   * Is told now and then how far the walk through what is to be watched has
   * come, also that of {@linkcode Watcher.add}. What it throws, they reject with.
   */
  onProgress?: ((progress: WatchProgress) => void) | undefined;
}

/** What there is for the command and for `watchFs()`. */
export interface OpenOptions<Type extends WatchEventType = WatchEventType>
  extends WatchOptions<Type> {
  /**
   * Whether to follow a path that is a symbolic link, or to watch the link.
   *
   * @default {true}
   */
  followSymlinks?: boolean;
  /**
   * Whether adding a path fails for any directory below it that cannot be
   * watched, rather than to report that.
   *
   * @default {false}
   */
  strict?: boolean;
}

const EVENT_TYPES = Object.keys(MASK_BITS) as WatchEventType[];
const DEFAULT_TYPES = EVENT_TYPES.filter((kind) =>
  !OPT_IN_TYPES.includes(kind)
);
/** A filter, or a list of some. */
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

/** What each of {@linkcode WatchOptions} may be. */
const WATCH_OPTIONS = {
  recursive: BOOLEAN,
  maxDepth: atLeast(1),
  events: listOf(EVENT_TYPES),
  include: PATH_FILTERS,
  exclude: PATH_FILTERS,
  missing: oneOf(["error", "wait"]),
  initial: BOOLEAN,
  highWaterMark: atLeast(1),
  signal: {
    expected: "an AbortSignal",
    accepts: (value) => value instanceof AbortSignal,
  },
  onProgress: FUNCTION,
} as const satisfies Record<keyof WatchOptions, OptionRule>;

/**
 * Checks what {@linkcode watch} was given: the compiler knows, but not every
 * caller has one.
 *
 * @throws {TypeError} If an option is unknown, of a wrong type, or `maxDepth`
 * without `recursive`.
 * @throws {RangeError} If an option is out of range.
 */
export function checkWatchOptions(options: WatchOptions): void {
  checkOptions(options, WATCH_OPTIONS);
  if (options.maxDepth !== undefined && !options.recursive) {
    throw new TypeError(
      'Cannot use the option "maxDepth" without "recursive": expected `recursive: true`',
    );
  }
}

/** What {@linkcode WatchOptions} come to, the defaults filled in. */
export interface ResolvedOptions {
  /** The kinds of event to report. */
  readonly types: ReadonlySet<WatchEventType>;
  /** The events to ask the kernel for, besides those that the tree needs. */
  readonly mask: number;
  /** How many levels of directories to follow. */
  readonly depth: number;
  /** Which entries to report, if not all. */
  readonly includes: PathTest | undefined;
  /** Which entries to pass by. */
  readonly excludes: PathTest | undefined;
  /** Whether to wait for paths that do not exist. */
  readonly waitForMissing: boolean;
  /** Whether to follow a path that is a symbolic link. */
  readonly followSymlinks: boolean;
  /** Whether adding a path fails for any directory that cannot be watched. */
  readonly isStrict: boolean;
  readonly highWaterMark: number;
}

/** Fills in the defaults of `options`; their filters count from `basePaths`. */
export function resolveOptions(
  options: OpenOptions<WatchEventType>,
  basePaths: BasePaths,
): ResolvedOptions {
  const {
    events = DEFAULT_TYPES,
    include,
    exclude,
    recursive = false,
    maxDepth = Infinity,
    missing = "error",
    followSymlinks = true,
    strict: isStrict = false,
    highWaterMark = 65_536,
  } = options;
  const types = new Set<WatchEventType>([...events, ...ALWAYS_REPORTED]);
  return {
    types,
    mask: maskFor(types),
    depth: recursive ? maxDepth : 1,
    includes: compileFilters(include, basePaths),
    excludes: compileFilters(exclude, basePaths),
    waitForMissing: missing === "wait",
    followSymlinks,
    isStrict,
    highWaterMark,
  };
}

/** What to ask the kernel for to report `types`, besides what the tree needs. */
function maskFor(types: ReadonlySet<WatchEventType>): number {
  let mask = 0;
  for (const [bit, type] of CONTENT_TYPES) if (types.has(type)) mask |= bit;
  return mask;
}
