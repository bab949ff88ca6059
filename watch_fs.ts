/**
 * A drop-in for `Deno.watchFs` that does not miss events: change the import.
 *
 * ```ts ignore
 * import { watchFs } from "@x/inotify/watch-fs";
 *
 * // was: Deno.watchFs("src")
 * for await (const event of watchFs("src")) console.log(event);
 * ```
 *
 * @module
 */

export {
  type FsWatcher,
  watchFs,
  type WatchFsOptions,
} from "./lib/watch/watch_fs.ts";
