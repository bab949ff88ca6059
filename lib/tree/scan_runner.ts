/**
 * Scans the directories in the queue, a few at a time, on this thread or on another
 * one. The reconciler applies the results.
 */

import { MountTable } from "../kernel/mount_table.ts";
import type { CaselessDirectories } from "./caseless_directories.ts";
import type { TreeContext } from "./context.ts";
import type { MountPoints } from "./mount_points.ts";
import { type Directory, FileParent } from "./node.ts";
import type { RemoteScans } from "./remote_scans.ts";
import { DirectoryOpener, type Scan, scan, type ScanOptions } from "./scan.ts";
import type { WatchTree } from "./watch_tree.ts";

// Reading the kernel's queue costs as much as listing a directory. So many
// directories share one read.
const MAX_DIRECTORIES_PER_STEP = 64;

/** After how many directories to look at the clock. */
const DIRECTORIES_PER_LOOK = 4;

/** The parts of a tree watcher that {@linkcode ScanRunner} needs. */
export interface ScanRunnerParts {
  readonly tree: WatchTree;
  readonly caseless: CaselessDirectories;
  readonly mountPoints: MountPoints;
  readonly remote: RemoteScans;
}

/** What was scanned. */
export interface Scanned {
  readonly scans: readonly Scan[];
  /** Given files: their own paths have to be looked up, not a listing. */
  readonly files: readonly FileParent[];
}

/** Scans the directories in the queue. */
export class ScanRunner {
  readonly #context: TreeContext;
  readonly #parts: ScanRunnerParts;
  /** How many watches had been released when directories were last tried again. */
  #releasedCount = 0;
  #latest: Directory | undefined;
  /** The mounted file systems, while it looks for modified files. */
  #mounts: MountTable | undefined;

  constructor(context: TreeContext, parts: ScanRunnerParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** The path of the directory that was scanned last. */
  get latest(): string {
    return this.#latest?.path ?? "";
  }

  /** Queues directories that found no watch left, if it is time to try again. */
  retryStarved(): void {
    const { scans, unfollowed, watches } = this.#context;
    const released = watches.releasedCount - this.#releasedCount;
    this.#releasedCount += released;
    if (unfollowed.due === Infinity) return;
    unfollowed.addTries(released);
    const directories = unfollowed.take(performance.now());
    for (const directory of directories) {
      scans.add(directory, unfollowed.sinceOf(directory));
    }
  }

  /** Scans the next directories, if there are any. Yields at the end of a slice. */
  *scan(): Generator<void, Scanned> {
    const { inotify, libc, mask, scans, slice } = this.#context;
    const { caseless, mountPoints, remote, tree } = this.#parts;
    using opener = new DirectoryOpener(libc);
    const found = this.#takeRemote();
    const files: FileParent[] = [];
    const shared: ScanOptions = {
      inotify,
      mask,
      since: undefined,
      slice,
    };
    let count = 0;
    do {
      const next = scans.take();
      if (next === undefined) break;
      count++;
      const [directory, since] = next;
      if (directory instanceof FileParent) {
        files.push(directory);
        continue;
      }
      if (tree.leaveTooDeep(directory)) continue;
      this.#latest = directory;
      const probesCase = caseless.isToProbe(directory);
      if (remote.isRemote(directory)) {
        remote.start(directory, { since, probesCase });
        continue;
      }
      if (since !== undefined) this.#mounts ??= new MountTable(libc);
      // Most directories of a walk share one object.
      const options = since === undefined && !probesCase
        ? shared
        : { ...shared, since, mounts: this.#mounts, probesCase };
      let each = yield* scan(directory, opener, options);
      if (each.error?.code === "EXDEV") {
        const mount = remote.remoteMountAt(directory);
        if (mount !== undefined) {
          mountPoints.set(directory, mount);
          remote.start(directory, { since, probesCase });
          continue;
        }
        const crossing = { ...options, crossesMounts: true };
        each = yield* scan(directory, opener, crossing);
      }
      if (each.mount !== undefined) mountPoints.set(directory, each.mount);
      found.push(each);
      if (found.length >= MAX_DIRECTORIES_PER_STEP) break;
    } while (count % DIRECTORIES_PER_LOOK !== 0 || !slice.isOver);
    if (scans.size === 0) this.#mounts = undefined;
    return { scans: found, files };
  }

  /** Returns the scans on other threads that have ended. */
  #takeRemote(): Scan[] {
    const { scans, watches } = this.#context;
    const found: Scan[] = [];
    const finished = this.#parts.remote.takeFinished();
    for (const { scan, isInvalid, isOutdated } of finished) {
      const { directory, since, wd, mount } = scan;
      if (mount !== undefined) this.#parts.mountPoints.set(directory, mount);
      if (!isInvalid) found.push(scan);
      else watches.releaseUnused(wd);
      if (isInvalid || isOutdated) scans.add(directory, since);
    }
    return found;
  }
}
