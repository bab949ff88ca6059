/**
 * Compares the file or directory at a given path with the one that was there before,
 * and emits the difference.
 */

import { joinPath } from "../kernel/byte_path.ts";
import { isSystemError, type SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import { IN } from "../kernel/mask.ts";
import type { MountTable } from "../kernel/mount_table.ts";
import { FileParent, type RootDirectory, UNWATCHED } from "../tree/node.ts";
import type { TreeWatcher } from "../tree/tree_watcher.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import type { Found, PathWatches } from "./path_watches.ts";
import { mayHang } from "./resolve_path.ts";
import type { Root } from "./root.ts";

/** Options of {@linkcode RootUpdater}. */
export interface RootUpdaterOptions {
  /** Whether to wait for paths that do not exist. */
  readonly waitForMissing: boolean;
  /** Whether adding a path fails if it may not be read. */
  readonly isStrict: boolean;
  readonly pathWatches: PathWatches;
  readonly treeWatcher: TreeWatcher;
  /** Takes the events, in order. */
  readonly emit: (event: WatchEvent) => void;
  readonly libc: Libc;
  /** The mounted file systems, as they were at the last look and as they are now. */
  readonly mounts: { readonly table: MountTable; read(): MountTable };
  /** Called with a root that is not followed any more. */
  readonly onLost: (root: Root) => void;
}

/** The reason to look at a path again: an event, or a mount on its directory. */
type Cause = InotifyEvent | "covered";

/** Follows the files and directories at the given paths. */
export class RootUpdater {
  readonly #options: RootUpdaterOptions;
  readonly #byDirectory = new Map<RootDirectory, Root>();
  /**
   * The roots whose file is in another directory than before. Its watch may be newer
   * than the creation of the name, so that the event for that is missing.
   */
  readonly #unsure = new Set<Root>();
  /** Those whose paths are looked up on another thread first, and why. */
  readonly #delayed = new Map<Root, Cause | undefined>();

  constructor(options: RootUpdaterOptions) {
    this.#options = options;
  }

  /** Returns the root of `directory`. */
  rootOf(directory: RootDirectory): Root | undefined {
    return this.#byDirectory.get(directory);
  }

  /**
   * Follows the file or directory at the path of `root`, now or later.
   *
   * @throws {SystemError} If the path does not exist, unless `waitForMissing` is set,
   * or if it cannot be watched.
   */
  start(root: Root): void {
    const { isStrict, pathWatches, waitForMissing } = this.#options;
    const found = pathWatches.resolveAndWatch(root);
    const { state, error } = found;
    if (state === "directory") this.#addDirectory(root);
    else if (state === "file" || !waitForMissing) {
      // If the path does not exist, this throws the kernel's error.
      if (waitForMissing) pathWatches.watchFileIfThere(root);
      else pathWatches.watchFile(root);
      this.#addFile(root, found);
      root.parent!.set(found.name, false);
    } else if (state === "denied" && isStrict) throw error;
    else this.#addFile(root, found);
    this.#reportBlind(root, found);
  }

  /** Stops following `root`. */
  stop(root: Root): void {
    if (root.directory) this.#options.treeWatcher.remove(root.directory);
    this.#forgetDirectory(root);
    this.#removeFile(root);
    this.#options.pathWatches.release(root);
    this.#unsure.delete(root);
    this.#delayed.delete(root);
  }

  /** Looks up again the files that are in another directory than before. */
  updateUnsure(): void {
    if (this.#unsure.size === 0) return;
    const roots = [...this.#unsure];
    this.#unsure.clear();
    for (const root of roots) this.update(root);
  }

  /** Follows the path again, because of `cause`, if that is known. */
  update(root: Root, cause?: Cause): void {
    const { treeWatcher } = this.#options;
    if (this.#delayed.has(root)) this.#delayed.set(root, undefined);
    else if (this.mayHang(root) && treeWatcher.lookUp(root.absolutePath)) {
      this.#delayed.set(root, cause);
    } else this.#update(root, cause);
  }

  /** Returns whether looking up the path may hang, by the mounts of `table`. */
  mayHang(root: Root, table: MountTable = this.#options.mounts.table): boolean {
    const isRemote = (location: string) => table.isRemotePath(location);
    return table.hasRemote && mayHang(root, isRemote, this.#options.libc);
  }

  /** Continues with the roots whose servers have answered. */
  updateDelayed(): void {
    const paths = this.#options.treeWatcher.takeLookedUp();
    if (paths.length === 0) return;
    for (const [root, cause] of this.#delayed) {
      if (!paths.includes(root.absolutePath)) continue;
      this.#delayed.delete(root);
      this.#update(root, cause);
    }
  }

  #update(root: Root, cause?: Cause): void {
    try {
      this.#follow(
        root,
        this.#options.pathWatches.resolveAndWatch(root),
        cause,
      );
    } catch (error) {
      // The error of a filter is not about this path.
      if (!isSystemError(error)) throw error;
      this.reportUnwatched(root, root.path, error);
      if (!this.#options.waitForMissing) this.#options.onLost(root);
    }
  }

  /** Emits the difference to what was found. */
  #follow(root: Root, found: Found, cause?: Cause): void {
    const { emit, treeWatcher, waitForMissing } = this.#options;
    const { directory, path } = root;
    const { state, error } = found;
    this.#reportBlind(root, found);
    // Permissions may hide the path for a while, but its events are still reported.
    const wasHidden = root.isHidden;
    root.isHidden = state === "denied" && root.isWatched && isOfModes(cause);
    if (root.isHidden) return;
    if (directory) {
      const isSame = state === "directory" &&
        (directory.wd === found.wd || directory.wd === UNWATCHED);
      if (isSame) {
        if (wasHidden) treeWatcher.retryWithin(directory);
        // The same directory, perhaps with another real path.
        if (directory.realPath !== "") {
          directory.realPath = joinPath(found.directory, found.name);
        }
        return;
      }
      if (cause === "covered" && state === "directory") {
        return treeWatcher.cover(directory, found.wd);
      }
      const isMoved = isEvent(cause) &&
        cause.mask & (IN.MOVE_SELF | IN.MOVED_FROM);
      this.leave(root, isMoved ? "move_self" : "delete_self");
      if (!waitForMissing) return this.#options.onLost(root);
    }
    if (error) this.reportUnwatched(root, path, error);
    // In this case, the trees report the events of the name.
    const isReported = isEvent(cause) && isAt(root, found);
    if (state === "file" && isReported) {
      this.#options.pathWatches.watchFileIfThere(root);
    } else if (state === "missing" && isReported) {
      this.#options.pathWatches.unwatchFile(root);
    } else if (state === "directory") {
      this.#loseFile(root);
      this.#removeFile(root);
      emit({ type: "create", path, isDirectory: true, synthetic: true });
      this.#addDirectory(root, true);
    } else if (state === "file") {
      this.#followFile(root, found);
    } else {
      this.#loseFile(root);
      this.#addFile(root, found);
      // No event would report that it was created again.
      const isBlind = state !== "missing" || found.wd === UNWATCHED;
      if (waitForMissing || !isBlind) return;
      emit({ type: "delete_self", path });
      this.#options.onLost(root);
    }
  }

  #addDirectory(root: Root, isReported = false): void {
    const { treeWatcher } = this.#options;
    root.directory = treeWatcher.add(root.path, root.absolutePath);
    this.#byDirectory.set(root.directory, root);
    if (isReported) treeWatcher.unmute(root.directory);
  }

  /** Reports that the directory is gone, with everything below it. */
  leave(root: Root, type: "delete_self" | "move_self"): void {
    const { treeWatcher, emit, waitForMissing } = this.#options;
    const { directory, path } = root;
    if (waitForMissing) treeWatcher.foundRootGone(directory!);
    else treeWatcher.remove(directory!);
    this.#forgetDirectory(root);
    emit({ type, path });
  }

  #forgetDirectory(root: Root): void {
    if (root.directory) this.#byDirectory.delete(root.directory);
    root.directory = undefined;
  }

  #followFile(root: Root, found: Found): void {
    const { wd, isFile } = root;
    this.#options.pathWatches.watchFileIfThere(root);
    this.#addFile(root, found);
    if (isFile && wd === root.wd) return;
    const { treeWatcher } = this.#options;
    treeWatcher.setFile(root.parent!, isFile ? "modify" : "create");
  }

  /** Makes the trees follow the file in the directory that was found. */
  #addFile(root: Root, { directory, name, state, wd }: Found): void {
    const { parent, path, isFile } = root;
    // If the directory is missing, nothing can be created in it.
    const found = state === "file" || state === "missing" ? wd : UNWATCHED;
    if (parent?.wd === found && parent.only === name) return;
    this.#removeFile(root);
    root.parent = new FileParent(path, directory, name);
    if (isFile) root.parent.set(name, false);
    this.#unsure.add(root);
    this.#options.treeWatcher.addFile(root.parent, found);
  }

  #loseFile(root: Root): void {
    const { pathWatches, treeWatcher } = this.#options;
    if (root.isFile) treeWatcher.setFile(root.parent!, "delete");
    pathWatches.unwatchFile(root);
  }

  #removeFile(root: Root): void {
    if (root.parent) this.#options.treeWatcher.removeFile(root.parent);
    root.parent = undefined;
  }

  #reportBlind(root: Root, { blind }: Found): void {
    for (const [path, error] of blind) this.reportUnwatched(root, path, error);
    for (const path of root.unwatched) {
      if (path !== root.path && !blind.has(path)) root.unwatched.delete(path);
    }
  }

  /** Reports once that `path` cannot be watched. */
  reportUnwatched(root: Root, path: string, error: SystemError): void {
    if (root.unwatched.has(path)) return;
    root.unwatched.add(path);
    this.#options.emit({ type: "unwatched", path, error });
  }
}

/** Returns whether only permissions may have changed. */
function isOfModes(cause: Cause | undefined): boolean {
  return cause === undefined ||
    isEvent(cause) && (cause.mask & ~(IN.ATTRIB | IN.ISDIR)) === 0;
}

function isEvent(cause: Cause | undefined): cause is InotifyEvent {
  return typeof cause === "object";
}

/** Returns whether the trees follow the file by the name and directory that were found. */
function isAt({ parent }: Root, { wd, name }: Found): boolean {
  return wd !== UNWATCHED && parent?.wd === wd && parent.only === name;
}
