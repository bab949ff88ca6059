/** `watch()`: opens a {@linkcode Watcher}. */

import type { WatchEventType } from "../tree/watch_event.ts";
import type {
  AlwaysReportedEventType,
  DefaultEventType,
  WatchOptions,
} from "./options.ts";
import { readWatchOptions } from "./resolve_options.ts";
import { Watcher } from "./watcher.ts";

/**
 * Watches files and directories, and resolves when all of them are watched. No
 * change after that is missed.
 *
 * The events describe the trees exactly: apply `create`, `delete`, `move`,
 * `moved_from` and `moved_to` in order, each to a directory with everything below
 * it, and you have the trees on disk once changes stop. `synthetic` marks a change
 * that the watcher found by listing a directory, such as an entry of a new
 * directory. {@linkcode WatchEventType} has the meaning of each kind of event.
 *
 * The path of an event is the given path, followed by the names below it. A given
 * path that is a symbolic link is followed, links below it are only with
 * `followSymlinks`. A file is
 * watched by its path: it may be replaced, as editors do when they save.
 *
 * The watcher closes when none of its paths is left, unless `missing` is
 * `"wait"`. With an empty list of paths it stays open for
 * {@linkcode Watcher.add}. Until it is closed it keeps the program running, unless
 * {@linkcode Watcher.unref} is called.
 *
 * @typeParam Type The kinds of event that the option `events` lists.
 *
 * @param paths The path to watch, or a list of paths.
 * @param options Which events to report, and how.
 * @returns The watcher, an async iterable of events.
 *
 * @throws {Deno.errors.NotFound} If a path does not exist, unless `missing` is
 * `"wait"`.
 * @throws {Deno.errors.NotADirectory} If a path leads through a file.
 * @throws {Deno.errors.FilesystemLoop} If a path has too many symbolic links.
 * @throws {TypeError} If a path contains a NUL or is a URL that is not of a local
 * file, if an option is unknown or of a wrong type, or if `maxDepth` is set
 * without `recursive`.
 * @throws {Deno.errors.PermissionDenied} If a path may not be read. A directory
 * below it is reported as `unwatched` instead.
 * @throws {WatchLimitError} If there are more directories than watches.
 * @throws {RangeError} If `maxDepth` or `highWaterMark` is not at least 1.
 * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
 * @throws {Deno.errors.NotSupported} If the platform is not Linux.
 * @throws {DOMException} If `signal` is aborted, or the reason that was passed to
 * `abort()`.
 *
 * @see inotify(7)
 *
 * @example Following a rename
 * ```ts
 * import { watch } from "@x/inotify";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, {
 *   recursive: true,
 *   events: ["create", "move"],
 * });
 *
 * await Deno.mkdir(`${directory}/a`);
 * await Deno.rename(`${directory}/a`, `${directory}/b`);
 *
 * for await (const event of watcher) {
 *   if (event.type !== "move") continue;
 *   assertEquals(event.from, `${directory}/a`);
 *   assertEquals(event.path, `${directory}/b`);
 *   break;
 * }
 * ```
 */
export async function watch<
  const Type extends WatchEventType = DefaultEventType,
>(
  paths: string | URL | readonly (string | URL)[],
  options: WatchOptions<Type> = {},
): Promise<Watcher<Type | AlwaysReportedEventType>> {
  const settings = readWatchOptions(options);
  const list: readonly (string | URL)[] = Array.isArray(paths)
    ? paths
    : [paths];
  return await Watcher.open<Type | AlwaysReportedEventType>(list, settings);
}
