/** Adds watches by path: inotify_add_watch(2). */

import type { SystemError } from "./errno.ts";
import type { Libc, Memory } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";

/** An inotify instance or a share of one. */
export interface WatchHolder {
  /** The descriptor of the instance. */
  readonly fd: number;
  /** Called with each watch that is added, even if it existed already. */
  hold?(wd: number): void;
  /** Releases a watch; by default with inotify_rm_watch(2). */
  release?(wd: number): void;
}

/** A path to watch. */
export interface WatchTarget {
  readonly inotify: WatchHolder;
  /** The path to look up, as a C string. */
  readonly location: Memory;
  /** The path in error messages. */
  readonly path: string;
  readonly mask: number;
}

/**
 * Watches the inode at `location` and returns the watch descriptor.
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
    const wd = libc.check(
      () => inotify_add_watch(inotify.fd, address, mask >>> 0),
      "inotify_add_watch",
      path,
    );
    inotify.hold?.(wd);
    return wd;
  } catch (error) {
    throw explainLimit(error as SystemError, libc);
  }
}
