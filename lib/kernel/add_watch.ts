/** inotify_add_watch(2), with an error that says which limit was reached. */

import type { SystemError } from "./errno.ts";
import type { Libc, Memory } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";

/** What to watch. */
export interface WatchTarget {
  /** The descriptor of the inotify instance. */
  readonly inotify: number;
  /** The path to look up, as a C string. */
  readonly location: Memory;
  /** What errors call it. */
  readonly path: string;
  readonly mask: number;
}

/**
 * Watches what is at `location`, and returns the watch.
 *
 * @throws {SystemError}
 */
export function addWatch(
  { inotify, location, path, mask }: WatchTarget,
  libc: Libc,
): number {
  const { inotify_add_watch } = libc.symbols;
  const address = libc.addressOf(location);
  try {
    return libc.check(
      () => inotify_add_watch(inotify, address, mask >>> 0),
      "inotify_add_watch",
      path,
    );
  } catch (error) {
    throw explainLimit(error as SystemError, libc);
  }
}
