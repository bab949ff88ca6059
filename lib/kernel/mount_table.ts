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

/** The file systems of which a server or another program answers every call. */
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

/** Whether any remote file system is mounted, as far as that can be known. */
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

/** The mounts of a moment. */
export class MountTable {
  /** The types by number, and by the path of the last mount on it. */
  readonly #types = new Map<bigint, string>();
  readonly #typesByPath = new Map<string, string>();

  /** Reads it; without /proc, it is empty. */
  constructor(libc: Libc) {
    let text: string;
    try {
      text = readText(FILE, libc);
    } catch {
      return;
    }
    for (const line of text.split("\n")) {
      const fields = line.split(" ");
      // After the optional fields.
      const type = fields[fields.indexOf("-", 6) + 1];
      if (!type) continue;
      this.#types.set(BigInt(fields[0]!), type);
      this.#typesByPath.set(unescape(fields[4]!), type);
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

  /** Whether the mount with that number is remote; `true` if it is not known. */
  isRemote(mount: bigint): boolean {
    return isRemote(this.typeOf(mount));
  }

  /**
   * Whether a remote file system is mounted on `path`, which has no symbolic
   * links; `true` if something else is, and `false` without /proc.
   */
  isRemoteAt(path: string): boolean {
    return this.#types.size > 0 && isRemote(this.#typesByPath.get(path));
  }
}

function isRemote(type: string | undefined): boolean {
  // Of FUSE, the name of the server may follow.
  return type === undefined || REMOTE.includes(type.replace(/\..*/, ""));
}

/** The path for one in which blanks and backslashes are octal numbers. */
function unescape(text: string): string {
  return text.replace(
    /\\([0-7]{3})/g,
    (_, digits) => String.fromCharCode(parseInt(digits, 8)),
  );
}
