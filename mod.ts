/**
 * Watches files and directories on Linux with inotify. It needs only the
 * permission `--allow-ffi`.
 *
 * {@linkcode watch} reports typed events with true paths, for whole trees:
 *
 * ```ts
 * import { watch } from "@x/inotify";
 *
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, { recursive: true });
 *
 * await Deno.mkdir(`${directory}/a/b`, { recursive: true });
 * await Deno.writeTextFile(`${directory}/a/b/c.txt`, "Hello");
 *
 * for await (const event of watcher) {
 *   console.log(event.type, event.path);
 *   if (event.path?.endsWith("c.txt")) break;
 * }
 * ```
 *
 * {@linkcode WatchEventType} has the meaning of each kind of event.
 *
 * {@linkcode Inotify} is one kernel instance with nothing added: you add watches
 * by path, and read the kernel's own events from a `ReadableStream`.
 *
 * `watchFs` of `@x/inotify/watch-fs` replaces `Deno.watchFs`.
 *
 * Properties of inotify itself:
 *
 * - A file is complete at `close_write`. `create` comes before its first byte.
 * - The kernel merges an event with the one queued before it if both are the same.
 *   So events cannot be counted one to one.
 * - The kernel's queue is limited. After an overflow, {@linkcode watch} reports
 *   what changed. A program that reads an {@linkcode Inotify} has to check for
 *   `IN.Q_OVERFLOW`.
 * - An event does not say who made a change. Changes through mmap(2), changes by
 *   the kernel in `/proc` and `/sys`, and changes by another machine on a network
 *   file system cause no event.
 * - A watch of an {@linkcode Inotify} is on an inode, not on a path. It follows the
 *   file when that is renamed, and ends when the file is deleted.
 *
 * @module
 */

export { watch } from "./lib/watch/watch.ts";
export { hasNewContent } from "./lib/watch/has_new_content.ts";
export { Inotify } from "./lib/kernel/inotify.ts";
export { parseEvents } from "./lib/kernel/inotify_event.ts";
export { IN, maskNames, parseMask } from "./lib/kernel/mask.ts";
export { inotifyLimits } from "./lib/kernel/limits.ts";
export { WatchLimitError } from "./lib/kernel/limit_error.ts";

export type { BatchOptions } from "./lib/watch/batches.ts";
export type { SystemError } from "./lib/kernel/errno.ts";
export type { InotifyEvent } from "./lib/kernel/inotify_event.ts";
export type { PathFilter } from "./lib/watch/filter.ts";
export type { Limit } from "./lib/kernel/limit_error.ts";
export type {
  InotifyLimits,
  LimitUsage,
  ProcessUsage,
} from "./lib/kernel/limits.ts";
export type {
  EntryEvent,
  EntryEventType,
  MoveEvent,
  OverflowEvent,
  SelfEvent,
  SelfEventType,
  UnwatchedEvent,
  WatchEvent,
  WatchEventType,
} from "./lib/tree/watch_event.ts";
export type {
  AddOptions,
  AlwaysReportedEventType,
  DefaultEventType,
  WatchOptions,
  WatchProgress,
  WatchWarning,
} from "./lib/watch/options.ts";
export type { Watcher } from "./lib/watch/watcher.ts";
