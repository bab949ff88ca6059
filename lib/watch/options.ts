/** The types of the options of `watch()`. */

import type { InotifySource } from "../kernel/inotify.ts";
import type { IgnoreFiles } from "../tree/ignore_files.ts";
import type { WatchEvent, WatchEventType } from "../tree/watch_event.ts";
import type { PathFilter } from "./filter.ts";

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
   * The link itself is reported as an entry that is not a directory. The entries of
   * its target are reported below the path of the link: as synthetic `create`, and as
   * synthetic `delete` when the link leads to another place. If the link or a directory
   * above it is renamed, they are reported as deleted and created. A link to a directory
   * on its own path is not followed. A file to which several links lead is reported by
   * each path.
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
