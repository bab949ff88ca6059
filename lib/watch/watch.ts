/** `watch()`: opens a `Watcher`. */

import type { WatchEventType } from "../tree/watch_event.ts";
import {
  type AlwaysReportedEventType,
  checkWatchOptions,
  type DefaultEventType,
  type WatchOptions,
} from "./options.ts";
import { show } from "./check_options.ts";
import { Watcher } from "./watcher.ts";

/**
 * Watches `paths`, each a file or a directory, and yields what happens to them:
 * with their true paths, and nothing lost in silence.
 *
 * Resolves when all is watched: from then on nothing is missed. What the events
 * say is exact: apply `create`, `delete`, `move`, `moved_from` and `moved_to`
 * (the last two for a directory with all that lies below it), and you have what
 * is on the disk. `synthetic` marks what the watcher found by looking, such as
 * the contents of a new directory.
 *
 * A directory's path is reported with the name behind it, a file's as it was
 * given. Symbolic links are followed where they are given, not below. A file is
 * watched by its name: it may be replaced, as editors do, or come back.
 *
 * The watcher ends when none of its paths is left, unless `missing` is `"wait"`.
 * One of no paths, `[]`, is open for {@linkcode Watcher.add}.
 *
 * @throws {Deno.errors.NotFound} If a path does not exist, unless `missing` is
 * `"wait"`, or if /proc is not mounted.
 * @throws {Deno.errors.NotADirectory} If a path leads through what is no
 * directory.
 * @throws {Deno.errors.FilesystemLoop} If a path has too many symbolic links.
 * @throws {TypeError} If a path has a NUL or is a URL that is not of a local
 * file, if an option is unknown or of a wrong type, or for `maxDepth` without
 * `recursive`.
 * @throws {Deno.errors.PermissionDenied} If a path may not be read. What lies
 * deeper is reported as `unwatched` instead.
 * @throws {WatchLimitError} If there are more directories than watches.
 * @throws {RangeError} If `maxDepth` or `highWaterMark` is not at least 1.
 * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
 * @throws {Deno.errors.NotSupported} If the platform is not Linux.
 * @throws {DOMException} Or any other reason with which `signal` is aborted.
 *
 * @see inotify(7)
 *
 * @example
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
  checkWatchOptions(options);
  return await Watcher.open<Type | AlwaysReportedEventType>(
    toPaths(paths),
    options,
  );
}

/** @throws {TypeError} If `paths` is neither a path nor a list of paths. */
function toPaths(paths: unknown): readonly (string | URL)[] {
  const list: readonly unknown[] = Array.isArray(paths) ? paths : [paths];
  for (const path of list) {
    if (typeof path === "string" || path instanceof URL) continue;
    throw new TypeError(
      `Cannot watch ${show(path)}: expected a path, which is a string or a URL`,
    );
  }
  return list as readonly (string | URL)[];
}
