/**
 * The file systems on which inotify does not see everything: inotify(7),
 * "Limitations and caveats".
 */

import { mountAt } from "./stat.ts";
import { Libc, loadSymbols } from "./libc.ts";
import { encodePath } from "./byte_path.ts";

const SYMBOLS = {
  /**
   * `int statfs(const char *path, struct statfs *status)`
   *
   * It runs on another thread, because a server that does not answer blocks it.
   */
  statfs: {
    parameters: ["buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The changes that inotify does not see at a path. */
export interface FileSystemWarning {
  /** The path as it was given. */
  readonly path: string;
  /** The name of the file system, such as `"NFS"`. */
  readonly fileSystem: string;
  /** The text of the warning. */
  readonly reason: string;
}

/** A file system, and the changes that inotify does not see on it. */
interface FileSystem {
  readonly name: string;
  readonly unseen: string;
}

const REMOTE = "changes by other machines";
const KERNEL = "changes by the kernel";
const OVERLAY = 0x794c7630;

/** The file systems by their type in statfs(2). */
const FILE_SYSTEMS: Readonly<Record<number, FileSystem>> = {
  0x00006969: { name: "NFS", unseen: REMOTE },
  0x0000517b: { name: "SMB", unseen: REMOTE },
  0xff534d42: { name: "CIFS", unseen: REMOTE },
  0xfe534d42: { name: "SMB", unseen: REMOTE },
  0x00c36400: { name: "Ceph", unseen: REMOTE },
  0x01021997: { name: "9p", unseen: "changes by its server" },
  0x65735546: {
    name: "FUSE",
    unseen: "changes that are not made through this mount",
  },
  [OVERLAY]: { name: "overlay", unseen: "changes in its lower layers" },
  0x00009fa0: { name: "proc", unseen: KERNEL },
  0x62656572: { name: "sysfs", unseen: KERNEL },
};

/**
 * Returns a warning about `path`, if inotify does not see everything on a file
 * system of this type.
 *
 * The root of a container is also an overlay. It needs no warning, since its lower
 * layers are an image, which does not change.
 */
export function warningFor(
  path: string,
  { type, isRoot }: { type: number; isRoot: boolean },
): FileSystemWarning | undefined {
  const found = FILE_SYSTEMS[type];
  if (found === undefined || type === OVERLAY && isRoot) return undefined;
  const { name, unseen } = found;
  return {
    path,
    fileSystem: name,
    reason: `'${path}' is on ${name}: inotify does not see ${unseen}`,
  };
}

/** Yields the warnings about those of `paths` that exist. */
export async function* fileSystemWarnings(
  paths: readonly string[],
): AsyncGenerator<FileSystemWarning> {
  using libc = Libc.acquire();
  const library = loadSymbols(SYMBOLS);
  try {
    for (const path of paths) {
      const location = encodePath(path);
      const status = new DataView(new ArrayBuffer(256));
      if (await library.symbols.statfs(location, status) !== 0) continue;
      // struct statfs begins with the type, in the first 4 of 8 bytes.
      const type = status.getUint32(0, true);
      const isRoot = type === OVERLAY &&
        mountAt(path, libc) === mountAt("/", libc);
      const warning = warningFor(path, { type, isRoot });
      if (warning) yield warning;
    }
  } finally {
    library.close();
  }
}
