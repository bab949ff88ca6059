/** `hasNewContent()`: which events report new content of a file. */

import type { WatchEvent } from "../tree/watch_event.ts";

/**
 * Returns whether there is new content at `event.path` that its writer has
 * finished: a file was closed after writing, moved there, or found there.
 *
 * It is `true` for
 *
 * - `close_write`,
 * - `move` (of a directory: with everything below it),
 * - `moved_to` of a file (if a directory moved in, each file below it is reported
 *   by its own event, if the watcher is `recursive`),
 * - a synthetic `create` or `modify` of a file, which the watcher found in a new
 *   directory or after an overflow. If the file is still being written, its
 *   `close_write` follows.
 *
 * It is `false` for any other `create`, because the file is empty then. So it is
 * `false` for a hard link, which has no other event, and for a file that is never
 * closed, such as a log that grows (`modify`).
 *
 * The option `events` has to list `close_write`, `create`, `modify`, `move` and
 * `moved_to`, as its default does.
 *
 * @typeParam Event The type of the event.
 *
 * @param event The event of a watcher.
 * @returns Whether to read the file at `event.path`.
 *
 * @example Collecting the files that have changed
 * ```ts
 * import { hasNewContent, watch } from "@x/inotify";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, { recursive: true });
 * await Deno.writeTextFile(`${directory}/draft`, "Hello");
 * await Deno.rename(`${directory}/draft`, `${directory}/letter`);
 *
 * const paths: string[] = [];
 * for await (const event of watcher) {
 *   if (hasNewContent(event)) paths.push(event.path);
 *   if (event.type === "move") break;
 * }
 * assertEquals(paths, [`${directory}/draft`, `${directory}/letter`]);
 * ```
 */
export function hasNewContent<Event extends WatchEvent>(
  event: Event,
): event is Extract<Event, { readonly path: string }> {
  const { type, isDirectory, synthetic = false } = event;
  switch (type) {
    case "close_write":
    case "move":
      return true;
    case "moved_to":
      return !isDirectory;
    case "create":
    case "modify":
      return synthetic && !isDirectory;
    default:
      return false;
  }
}
