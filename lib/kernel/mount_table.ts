/** Reads the mounted file systems: proc_pid_mountinfo(5). */

import { readText, rereadText } from "./procfs.ts";
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

/** The file that lists the mounts of this process. */
export const MOUNT_INFO = "/proc/self/mountinfo";

/** Returns whether a remote file system is mounted; `false` without /proc. */
export function hasRemoteMounts(libc: Libc): boolean {
  try {
    return hasRemoteType(readText(MOUNT_INFO, libc));
  } catch {
    return false;
  }
}

/** A mounted file system. */
interface Mount {
  readonly type: string;
  /** Where it is mounted, without symbolic links. */
  readonly path: string;
  /** The device, and which of its directories or files is mounted. */
  readonly source: string;
}

/** The mounts at the time of its creation. */
export class MountTable {
  readonly #text: string = "";
  // Parsed on first use. Many tables are only compared if mounts change.
  #parsed: Map<bigint, Mount> | undefined;
  #hasRemote: boolean | undefined;

  /**
   * Reads the table. Without /proc, it is empty.
   *
   * @param fd An open descriptor of {@linkcode MOUNT_INFO}. By default the file is
   * opened, which fails if the process has no descriptor left.
   */
  constructor(libc: Libc, fd?: number) {
    try {
      this.#text = fd === undefined
        ? readText(MOUNT_INFO, libc)
        : rereadText(fd, MOUNT_INFO, libc);
    } catch {
      // It stays empty.
    }
  }

  /** The mounts by number. */
  get #mounts(): Map<bigint, Mount> {
    return this.#parsed ??= parse(this.#text);
  }

  /** Returns the number of the last mount at `path`, which has no symbolic links. */
  numberAt(path: string): bigint | undefined {
    const all = [...this.#mounts].filter(([, mount]) => mount.path === path);
    return all.at(-1)?.[0];
  }

  /** Whether any remote file system is mounted. */
  get hasRemote(): boolean {
    return this.#hasRemote ??= hasRemoteType(this.#text);
  }

  /** Returns whether `path`, an absolute path, is on a remote file system. */
  isRemotePath(path: string): boolean {
    if (!this.hasRemote) return false;
    let type: string | undefined;
    let length = 0;
    for (const mount of this.#mounts.values()) {
      const isAbove = path === mount.path ||
        path.startsWith(mount.path === "/" ? "/" : `${mount.path}/`);
      // The last one of several on the same path is the one that is seen.
      if (!isAbove || mount.path.length < length) continue;
      ({ type } = mount);
      ({ length } = mount.path);
    }
    return type !== undefined && isRemote(type);
  }

  /** Returns the type of the file system of a mount, by its number in statx(2). */
  typeOf(number: bigint): string | undefined {
    return this.#mounts.get(number)?.type;
  }

  /** Returns whether it has the mount `number`, with the same source as in `other`. */
  has(number: bigint, other: MountTable = this): boolean {
    const mount = this.#mounts.get(number);
    return mount !== undefined &&
      mount.source === other.#mounts.get(number)?.source;
  }

  /** Returns the paths at which `other` has other mounts. */
  changedPaths(other: MountTable): Set<string> {
    const paths = new Set<string>();
    const all = new Map([...this.#mounts, ...other.#mounts]);
    for (const number of all.keys()) {
      const before = this.#mounts.get(number);
      const after = other.#mounts.get(number);
      const isSame = before?.path === after?.path &&
        before?.source === after?.source;
      if (isSame) continue;
      if (before) paths.add(before.path);
      if (after) paths.add(after.path);
    }
    return paths;
  }

  /** Returns whether the time of change of a file on this mount is reliable. */
  hasReliableTimes(number: bigint): boolean {
    return RELIABLE_TIMES.has(this.typeOf(number) ?? "");
  }

  /** Returns whether the mount is remote; `true` if it is not in the table. */
  isRemote(number: bigint): boolean {
    return isRemote(this.typeOf(number));
  }

  /**
   * Returns whether the mount at `path`, which has no symbolic links, is remote.
   * Returns `true` if the mount is not in the table, but `false` without /proc.
   */
  isRemoteAt(path: string): boolean {
    return this.#mounts.size > 0 && this.isRemote(this.numberAt(path) ?? -1n);
  }
}

function hasRemoteType(text: string): boolean {
  return REMOTE.some((type) =>
    text.includes(` - ${type} `) || text.includes(` - ${type}.`)
  );
}

function parse(text: string): Map<bigint, Mount> {
  const mounts = new Map<bigint, Mount>();
  for (const line of text.split("\n")) {
    const fields = line.split(" ");
    // A dash ends the optional fields.
    const type = fields[fields.indexOf("-", 6) + 1];
    if (!type) continue;
    const [number, , device, directory] = fields;
    const path = unescape(fields[4]!);
    const source = `${device} ${directory}`;
    mounts.set(BigInt(number!), { type, path, source });
  }
  return mounts;
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
