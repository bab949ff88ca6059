/** `hasNewContent()`: which events mean that there is something to read. */

import type { WatchEvent } from "../tree/watch_event.ts";

/**
 * Returns whether there is new content at `event.path`, as far as its writer has
 * finished: a file was closed after writing, moved there, or found there.
 *
 * That is `true` for
 *
 * - `close_write`,
 * - `move` (of a directory: with everything below it),
 * - `moved_to` of a file; the files of a directory that came follow one by one,
 *   if the watcher is `recursive`,
 * - a synthetic `create` or `modify` of a file, which the watcher found in a new
 *   directory or after an overflow. It may still be written to; then its
 *   `close_write` follows.
 *
 * It is `false` for any other `create`: the file is about to be written to. What
 * `ln` makes is not reported in any other way, nor is what never is closed, such
 * as a log that grows (`modify`).
 *
 * With the option `events`, ask for `close_write`, `create`, `modify`, `move` and
 * `moved_to`, or leave it out.
 *
 * @param event The event of a watcher.
 * @returns Whether to read the file at `event.path`.
 *
 * @example
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
