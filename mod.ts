/**
 * Watches files and directories on Linux, over nothing but `--allow-ffi`.
 *
 * {@linkcode watch} yields typed events with true paths, for whole trees:
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
 * {@linkcode Inotify} is one kernel instance with nothing in between: watches
 * go in by path, the kernel's own events come out of a `ReadableStream`.
 *
 * `watchFs` of `@x/inotify/watch-fs` takes the place of `Deno.watchFs` in a
 * program that uses that.
 *
 * What to know of inotify itself:
 *
 * - A file is complete at `close_write`; `create` comes before its bytes.
 * - The kernel merges an event with the one queued before it if the two are the
 *   same, so that events cannot be counted on one to one.
 * - Its queue is limited. {@linkcode watch} heals what an overflow has torn; who
 *   reads an {@linkcode Inotify} has to look for `IN.Q_OVERFLOW`.
 * - Nothing tells who made a change, and changes through `mmap(2)`, in `/proc`
 *   and `/sys`, or on another machine of a network file system are not seen.
 * - A watch of an {@linkcode Inotify} is on an inode, not on a path: it follows
 *   its file when that is renamed, and ends with it.
 *
 * @module
 */

export { watch } from "./lib/watch/watch.ts";
export { hasNewContent } from "./lib/watch/has_new_content.ts";
export { Inotify } from "./lib/kernel/inotify.ts";
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
  AlwaysReportedEventType,
  DefaultEventType,
  WatchOptions,
  WatchProgress,
} from "./lib/watch/options.ts";
export type { Watcher } from "./lib/watch/watcher.ts";
