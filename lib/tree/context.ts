/** What the parts of a tree watcher share. */

import type { WatchHolder } from "../kernel/add_watch.ts";
import type { Libc } from "../kernel/libc.ts";
import type { ScanQueue } from "./scan_queue.ts";
import type { Slice } from "./slice.ts";
import type { UnfollowedDirectories } from "./unfollowed_directories.ts";
import type { WatchEvent } from "./watch_event.ts";
import type { WatchTable } from "./watch_table.ts";

/**
 * Takes an event. `cookie` is the kernel's number of a rename, which both halves of
 * the rename have.
 */
export type Emit = (event: WatchEvent, cookie?: number) => void;

/** What the parts of a tree watcher share. */
export interface TreeContext {
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  readonly libc: Libc;
  /** The events that the watch of a directory reports. */
  readonly mask: number;
  readonly watches: WatchTable;
  /** The directories to scan. */
  readonly scans: ScanQueue;
  readonly unfollowed: UnfollowedDirectories;
  /** The time of the current step. */
  readonly slice: Slice;
  /** Takes the events for the consumer, in order. */
  readonly emit: Emit;
}
