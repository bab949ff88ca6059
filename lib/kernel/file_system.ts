/**
 * The file systems on which inotify does not see everything: inotify(7),
 * "Limitations and caveats".
 */

import { mountAt } from "./stat.ts";
import { Libc, loadSymbols } from "./libc.ts";
import { encodePath } from "./byte_path.ts";

// For as long as the program runs, which is to ask once.
const { statfs } = loadSymbols({
  /** `int statfs(const char *path, struct statfs *status)` */
  statfs: { parameters: ["buffer", "buffer"], result: "i32" },
}).symbols;

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
): string | undefined {
  const found = FILE_SYSTEMS[type];
  if (found === undefined || type === OVERLAY && isRoot) return undefined;
  return `'${path}' is on ${found.name}: inotify does not see ${found.unseen}`;
}

/** Returns the warnings about `paths`, one for each type of file system. */
export function warningsFor(paths: readonly string[]): string[] {
  using libc = Libc.acquire();
  const warnings = new Map<number, string>();
  for (const path of paths) {
    const type = typeAt(path, libc);
    if (type === undefined || warnings.has(type)) continue;
    const isRoot = mountAt(path, libc) === mountAt("/", libc);
    const warning = warningFor(path, { type, isRoot });
    if (warning !== undefined) warnings.set(type, warning);
  }
  return [...warnings.values()];
}

/** Returns the type of the file system at `path`; undefined if it is missing. */
function typeAt(path: string, libc: Libc): number | undefined {
  const location = encodePath(path);
  // struct statfs begins with the type, in the first 4 of 8 bytes.
  const status = new DataView(new ArrayBuffer(256));
  return libc.succeeds(() => statfs(location, status))
    ? status.getUint32(0, true)
    : undefined;
}
