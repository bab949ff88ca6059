/**
 * Linux inotify for Deno, over nothing but `--allow-ffi`.
 *
 * {@linkcode Inotify} is one kernel instance: watches go in by path, events
 * come out of a `ReadableStream`.
 *
 * ```ts
 * import { IN, Inotify, maskNames } from "@x/inotify";
 *
 * const directory = await Deno.makeTempDir();
 * using inotify = new Inotify();
 * inotify.addWatch(directory, IN.CLOSE_WRITE | IN.MOVE);
 *
 * await Deno.writeTextFile(`${directory}/a.txt`, "Hello");
 * for await (const { mask, name } of inotify.readable) {
 *   console.log(maskNames(mask), name); // [ "IN_CLOSE_WRITE" ] a.txt
 *   break;
 * }
 * ```
 *
 * What to know of inotify itself:
 *
 * - A watch is on an inode, not on a path: it follows its file when that is
 *   renamed, and ends with it. Watch the directory of a file that editors
 *   replace.
 * - A watch on a directory is for its entries, not for what lies deeper.
 * - A file is complete at `IN.CLOSE_WRITE`; `IN.CREATE` comes before its bytes.
 * - Nothing tells who made a change, and changes through `mmap(2)`, in `/proc`
 *   and `/sys`, or on another machine of a network file system are not seen.
 *
 * @module
 */

export { IN, maskNames, maskOf } from "./lib/mask.ts";
export { Inotify } from "./lib/inotify.ts";
export { WatchLimitError } from "./lib/limits.ts";
export type { InotifyEvent } from "./lib/event.ts";
export type { SystemError } from "./lib/errors.ts";
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
} from "./lib/watch_event.ts";
