/** Reads the types of the mounted file systems: proc_pid_mountinfo(5). */

import { readText } from "./procfs.ts";
import type { Libc } from "./libc.ts";

/**
 * The file systems on which the time of change of a file (ctime) is reliable: it is
 * set by the clock of this machine, to a fraction of a second. Other file systems use
 * the clock of a server, have no such time, or let programs set it.
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

/** The remote file systems: a server or another program answers every call. */
const REMOTE = [
  "9p",
  "afs",
  "autofs",
  "beegfs",
  "ceph",
  "cifs",
  "coda",
  "fuse",
  "fuseblk",
  "gfs2",
  "gpfs",
  "lustre",
  "nfs",
  "nfs4",
  "ocfs2",
  "orangefs",
  "smb3",
  "vboxsf",
  "virtiofs",
  "vmhgfs",
];

const FILE = "/proc/self/mountinfo";

/** Returns whether a remote file system is mounted; `false` without /proc. */
export function hasRemoteMounts(libc: Libc): boolean {
  try {
    const text = readText(FILE, libc);
    return REMOTE.some((type) =>
      text.includes(` - ${type} `) || text.includes(` - ${type}.`)
    );
  } catch {
    return false;
  }
}

/** The mounts at the time of its creation. */
export class MountTable {
  /** The types by number, and by path: the last mount at a path counts. */
  readonly #types = new Map<bigint, string>();
  readonly #typesByPath = new Map<string, string>();

  /** Reads the table. Without /proc, it is empty. */
  constructor(libc: Libc) {
    let text: string;
    try {
      text = readText(FILE, libc);
    } catch {
      return;
    }
    for (const line of text.split("\n")) {
      const fields = line.split(" ");
      // A dash ends the optional fields.
      const type = fields[fields.indexOf("-", 6) + 1];
      if (!type) continue;
      this.#types.set(BigInt(fields[0]!), type);
      this.#typesByPath.set(unescape(fields[4]!), type);
    }
  }

  /** Returns the type of the file system of a mount, by its number in statx(2). */
  typeOf(mount: bigint): string | undefined {
    return this.#types.get(mount);
  }

  /** Returns whether the time of change of a file on this mount is reliable. */
  hasReliableTimes(mount: bigint): boolean {
    return RELIABLE_TIMES.has(this.typeOf(mount) ?? "");
  }

  /** Returns whether the mount is remote; `true` if it is not in the table. */
  isRemote(mount: bigint): boolean {
    return isRemote(this.typeOf(mount));
  }

  /**
   * Returns whether the mount at `path`, which has no symbolic links, is remote.
   * Returns `true` if the mount is not in the table, but `false` without /proc.
   */
  isRemoteAt(path: string): boolean {
    return this.#types.size > 0 && isRemote(this.#typesByPath.get(path));
  }
}

function isRemote(type: string | undefined): boolean {
  // The type of FUSE may have a suffix: `fuse.sshfs`.
  return type === undefined || REMOTE.includes(type.replace(/\..*/, ""));
}

/** Returns `text` with its octal escapes, such as `\040`, as characters. */
function unescape(text: string): string {
  return text.replace(
    /\\([0-7]{3})/g,
    (_, digits) => String.fromCharCode(parseInt(digits, 8)),
  );
}
