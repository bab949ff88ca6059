/** Mounts file systems for a test, if this process may. */

import { TestDirectory } from "./directory.ts";
import { isInstalled } from "./tools.ts";

/** A file system to mount: a script of sh(1) that mounts it at `$1`. */
interface FileSystem {
  readonly name: string;
  /** The programs that it needs. */
  readonly tools: readonly string[];
  /** It may keep files in the directory `$0`. */
  readonly script: string;
}

export const BTRFS: FileSystem = {
  name: "btrfs",
  tools: ["mkfs.btrfs"],
  script: 'truncate -s 300M "$0/image" && mkfs.btrfs -q "$0/image" && ' +
    'mount -o loop "$0/image" "$1"',
};

export const EXFAT: FileSystem = {
  name: "exFAT over FUSE",
  tools: ["mkfs.exfat", "mount.exfat-fuse"],
  script: 'truncate -s 64M "$0/image" && mkfs.exfat "$0/image" && ' +
    'device=$(losetup -f --show "$0/image") && ' +
    // The device is released with the mount.
    '{ mount.exfat-fuse "$device" "$1"; status=$?; losetup -d "$device"; ' +
    "exit $status; }",
};

export const TMPFS: FileSystem = {
  name: "tmpfs",
  tools: [],
  script: 'mount -t tmpfs test "$1"',
};

/** A file system that is mounted until this is disposed of. */
export class Mount implements Disposable {
  readonly #base: TestDirectory;
  /** Where it is mounted. */
  readonly path: string;

  /** @throws {Error} If it cannot be mounted here. */
  constructor({ name, script }: FileSystem) {
    using resources = new DisposableStack();
    const base = this.#base = resources.use(new TestDirectory());
    this.path = base.directory("mount");
    const { success, stderr } = new Deno.Command("sh", {
      args: ["-c", `exec >&2; ${script}`, base.path, this.path],
    }).outputSync();
    if (!success) {
      const reason = new TextDecoder().decode(stderr).trim();
      throw new Error(`Cannot mount ${name}: ${reason}`);
    }
    resources.move();
  }

  [Symbol.dispose](): void {
    // A process that lingers in it does not keep it in the tree of files.
    new Deno.Command("umount", { args: ["-l", this.path] }).outputSync();
    this.#base[Symbol.dispose]();
  }
}

/** Whether `fileSystem` can be mounted here; says why if it cannot. */
export function canMount(fileSystem: FileSystem): boolean {
  const { name, tools } = fileSystem;
  const missing = tools.find((tool) => !isInstalled(tool));
  try {
    if (missing !== undefined) throw new Error(`${missing} is missing`);
    using _ = new Mount(fileSystem);
    return true;
  } catch (error) {
    const { message } = error as Error;
    console.warn(`Ignoring the tests on ${name}: ${message}`);
    return false;
  }
}
