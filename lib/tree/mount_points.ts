/**
 * The file systems that are mounted in the trees.
 *
 * No event reports a mount, and the directory that it covers keeps its watch: its
 * events would be reported under a path that leads to another directory by now.
 */

import type { MountTable } from "../kernel/mount_table.ts";
import type { TreeContext } from "./context.ts";
import { Directory, RootDirectory } from "./node.ts";
import type { RemoteScans } from "./remote_scans.ts";
import { SKIP_MODIFIED_CHECK } from "./scan.ts";
import type { WatchTree } from "./watch_tree.ts";

/** The parts of a tree watcher that {@linkcode MountPoints} needs. */
export interface MountPointsParts {
  readonly tree: WatchTree;
  readonly remote: RemoteScans;
}

/** Knows the mounts in the trees, and follows their changes. */
export class MountPoints {
  readonly #context: TreeContext;
  readonly #parts: MountPointsParts;
  /** The number of the mount by root, and by directory that is a mount point. */
  readonly #mounts = new Map<Directory, bigint>();
  readonly #unmounted = new Set<Directory>();

  constructor(context: TreeContext, parts: MountPointsParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Notes that `directory` is on the mount `number`, and the first one that is. */
  set(directory: Directory, number: bigint): void {
    this.#mounts.set(directory, number);
  }

  /** Notes that the file system of `directory` was unmounted. */
  addUnmounted(directory: Directory): void {
    this.#unmounted.add(directory);
  }

  /** Notes the mounts that are in `before`, but no longer in `now`. */
  compare(before: MountTable, now: MountTable): void {
    const { scans } = this.#context;
    for (const [directory, number] of this.#mounts) {
      if (directory.isRemoved) this.#mounts.delete(directory);
      else if (before.has(number)) {
        if (!now.has(number, before)) this.#unmounted.add(directory);
      } else if (!now.has(number) && directory.parent) {
        // It came and went since, or it is in another namespace.
        scans.add(directory, SKIP_MODIFIED_CHECK);
      }
    }
  }

  /**
   * Reports the unmounted file systems, and looks at what is there now. Yields the
   * roots that were on one, which are still followed.
   */
  *leaveUnmounted(): Generator<RootDirectory, void> {
    if (this.#unmounted.size === 0) return;
    const { emit, scans, watches } = this.#context;
    const unmounted = [...this.#unmounted].filter((each) =>
      !each.isRemoved && !this.#isBelowUnmounted(each)
    );
    this.#unmounted.clear();
    using _ = watches.deferReleases();
    for (const directory of unmounted) {
      // An earlier one may have ended the watcher.
      if (directory.isRemoved) continue;
      // Every directory of a file system has an event, some of them later.
      for (const each of directory.subtree()) {
        watches.detach(each);
        this.#mounts.delete(each);
      }
      this.#parts.remote.noteUnmounted(directory);
      emit({ type: "unmount", path: directory.path });
      if (directory instanceof RootDirectory) yield directory;
      // The directory below the mount may have files with the same names. So all
      // files count as modified.
      else scans.add(directory, 0);
    }
  }

  #isBelowUnmounted({ parent }: Directory): boolean {
    let at = parent;
    while (at && !this.#unmounted.has(at)) at = at.parent;
    return at !== undefined;
  }

  /** Looks at what is at `path`, where mounts have changed. */
  recheck(path: string): void {
    const { scans } = this.#context;
    const { tree } = this.#parts;
    for (const root of tree.roots) {
      const names = namesBelow(root, path);
      const name = names?.pop();
      if (!names || name === undefined) continue;
      const parent = directoryAt(root, names);
      const entry = parent?.entries.get(name);
      if (entry instanceof Directory) scans.add(entry, SKIP_MODIFIED_CHECK);
      else if (entry === false) {
        // It is another file, of the same name.
        tree.events.emitSynthetic("modify", parent!, name, false);
      }
    }
  }
}

/** The names that lead from `root` to `path`; undefined if it is not below. */
function namesBelow(root: RootDirectory, path: string): string[] | undefined {
  const { realPath } = root;
  const base = realPath.endsWith("/") ? realPath : `${realPath}/`;
  if (realPath === "" || !path.startsWith(base)) return undefined;
  return path.slice(base.length).split("/");
}

function directoryAt(
  root: Directory,
  names: readonly string[],
): Directory | undefined {
  let directory = root;
  for (const name of names) {
    const entry = directory.entries.get(name);
    if (!(entry instanceof Directory)) return undefined;
    directory = entry;
  }
  return directory;
}
