/** The types of the mounted file systems: proc_pid_mountinfo(5). */

import { readText } from "./procfs.ts";
import type { Libc } from "./libc.ts";

/**
 * The file systems that set a file's time of change by the clock of this machine,
 * to a part of a second. The others have the clock of a server, or no such time,
 * or one that a program sets.
 */
const RELIABLE_TIMES = new Set([
  "bcachefs",
  "btrfs",
  "ext2",
  "ext3",
  "ext4",
  "f2fs",
  "nilfs2",
  "overlay",
  "ramfs",
  "tmpfs",
  "xfs",
  "zfs",
]);

/** The mounts of a moment. */
export class MountTable {
  readonly #types = new Map<bigint, string>();

  /** Reads it; without /proc, it is empty. */
  constructor(libc: Libc) {
    let text: string;
    try {
      text = readText("/proc/self/mountinfo", libc);
    } catch {
      return;
    }
    for (const line of text.split("\n")) {
      const fields = line.split(" ");
      // After the optional fields.
      const type = fields[fields.indexOf("-", 6) + 1];
      if (type) this.#types.set(BigInt(fields[0]!), type);
    }
  }

  /** The type of the file system of a mount, by its number in statx(2). */
  typeOf(mount: bigint): string | undefined {
    return this.#types.get(mount);
  }

  /** Whether a file's time of change says when it was changed, on that mount. */
  hasReliableTimes(mount: bigint): boolean {
    return RELIABLE_TIMES.has(this.typeOf(mount) ?? "");
  }
}
