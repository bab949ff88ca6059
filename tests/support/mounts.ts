/** Mounts file systems for a test, if this process may. */

import { TestDirectory } from "./directory.ts";
import { readIfPresent } from "./process.ts";
import { isInstalled } from "./tools.ts";
import { DEADLINE_MS } from "./until.ts";

/** A file system to mount: a script of sh(1) that mounts it at `$1`. */
interface FileSystem {
  readonly name: string;
  /** The programs that the script needs. */
  readonly tools: readonly string[];
  /** The script, which may keep files in the directory `$0`. */
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

/** A file system that ignores case, and stores names in lower case. */
export const NTFS: FileSystem = {
  name: "NTFS over FUSE",
  tools: ["mkntfs", "lowntfs-3g"],
  script: 'truncate -s 16M "$0/image" && mkntfs -qQF "$0/image" && ' +
    'lowntfs-3g -o ignore_case "$0/image" "$1"',
};

/** An overlay over a directory with entries. */
export const OVERLAY: FileSystem = {
  name: "overlay",
  tools: [],
  script: 'mkdir "$0/layers" && mount -t tmpfs test "$0/layers" && ' +
    'cd "$0/layers" && mkdir -p lower/tree/before/deep upper work && ' +
    "touch lower/tree/before/file lower/tree/before/deep/file && " +
    // In a user namespace, it may not have attributes that only root may set.
    "grep -q 4294967295 /proc/self/uid_map || user=,userxattr && " +
    'mount -t overlay -o "lowerdir=lower,upperdir=upper,workdir=work$user" o "$1"',
};

export const TMPFS: FileSystem = {
  name: "tmpfs",
  tools: [],
  script: 'mount -t tmpfs test "$1"',
};

/** A file system that is mounted until this is disposed of. */
export class Mount implements Disposable {
  readonly #base: TestDirectory;
  /** The path of the mount. */
  readonly path: string;

  /**
   * Mounts `fileSystem` at the directory `path`, or at a new directory.
   *
   * @throws {Error} If it cannot be mounted here.
   */
  constructor({ name, script }: FileSystem, path?: string) {
    using resources = new DisposableStack();
    const base = this.#base = resources.use(new TestDirectory());
    this.path = path ?? base.directory("mount");
    const { success, stderr } = new Deno.Command("sh", {
      args: ["-c", `exec >&2; ${script}`, base.path, this.path],
    }).outputSync();
    if (!success) {
      const reason = new TextDecoder().decode(stderr).trim();
      throw new Error(`Cannot mount ${name}: ${reason}`);
    }
    resources.move();
  }

  /** Stops the server: see {@linkcode stopServerOf}. */
  stopServer(): Disposable {
    return stopServerOf(this.path);
  }

  /** Continues the server after a minute: a process that waits for it cannot be killed. */
  limitStops(): Disposable {
    const pid = findProcess(this.path);
    const timer = setTimeout(() => Deno.kill(pid, "SIGCONT"), DEADLINE_MS);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  }

  [Symbol.dispose](): void {
    // Detaches the mount, even if a process still uses it.
    for (const path of [this.path, `${this.#base.path}/layers`]) {
      new Deno.Command("umount", { args: ["-l", path] }).outputSync();
    }
    this.#base[Symbol.dispose]();
  }
}

/**
 * Stops the program that serves the file system at `path`, until the result is
 * disposed of.
 */
export function stopServerOf(path: string): Disposable {
  const pid = findProcess(path);
  Deno.kill(pid, "SIGSTOP");
  return { [Symbol.dispose]: () => Deno.kill(pid, "SIGCONT") };
}

/** Returns the process with `argument` in its command line. */
function findProcess(argument: string): number {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const args = readIfPresent(`/proc/${name}/cmdline`).split("\0");
    if (args.includes(argument)) return Number(name);
  }
  throw new Error(`No process has the argument '${argument}'`);
}

/** Returns whether `fileSystem` can be mounted here; if not, prints why. */
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
