/**
 * The paths that were given to the watcher, each followed by every name on it.
 *
 * An event of a name on a path says that the path may lead elsewhere. The disk
 * says where: each such event leads to a new look at the whole path, and the
 * watches of what is there are compared with those of what was there before.
 */

import type { BasePaths } from "./base_paths.ts";
import { joinPath } from "../kernel/byte_path.ts";
import { isSystemError, type SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { MountTable } from "../kernel/mount_table.ts";
import { changedAt, mountAt } from "../kernel/stat.ts";
import { CONTENT_TYPES } from "../tree/event_types.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import { isNotFound } from "../tree/scan.ts";
import type { TreeWatcher } from "../tree/tree_watcher.ts";
import { FileParent, type RootDirectory, UNWATCHED } from "../tree/node.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import {
  type Found,
  PathWatches,
  type PathWatchesOptions,
} from "./path_watches.ts";
import { toAbsolute, toNames } from "./resolve_path.ts";
import { Root } from "./root.ts";

/** How long the second event of a change may take, in milliseconds. */
const DUPLICATE_TIMEOUT_MS = 10;

/** What {@linkcode Roots} need to know. */
export interface RootsOptions extends PathWatchesOptions {
  /** Whether to wait for paths that do not exist. */
  readonly waitForMissing: boolean;
  /** Whether a path that may not be read is an error while it is added. */
  readonly isStrict: boolean;
  /** Whether to follow a path that is a symbolic link, or to watch the link. */
  readonly followSymlinks: boolean;
  readonly treeWatcher: TreeWatcher;
  /** The paths from which filters count. */
  readonly basePaths: BasePaths;
  /** Takes the events, in their order. */
  readonly emit: (event: WatchEvent) => void;
  /** Called when no path is left, except by removing the last one. */
  readonly onEmpty: () => void;
}

/** The events of a file itself, beside those of its name. */
const OF_PATH = NAMES | SELF | IN.ATTRIB;

/** Follows the paths that were given to a watcher. */
export class Roots {
  readonly #options: RootsOptions;
  readonly #watches: PathWatches;
  /** By the names in the absolute path. */
  readonly #roots = new Map<string, Root>();
  /** By the path that was given. */
  readonly #given = new Map<string, Root>();
  readonly #byDirectory = new Map<RootDirectory, Root>();
  /** Those to look at again when all events are taken, and why. */
  readonly #doubtful = new Map<Root, InotifyEvent | undefined>();
  /**
   * Those whose file came to another directory. Events that were queued before
   * may lack the creation of the name, which was not asked for then.
   */
  readonly #unsure = new Set<Root>();
  /** Those with an {@linkcode Root.expectedDuplicate} since the queue was empty. */
  readonly #expectingDuplicates = new Set<Root>();

  constructor(options: RootsOptions) {
    this.#options = options;
    this.#watches = new PathWatches(options);
  }

  /** The paths that are followed, as they were given first. */
  get paths(): string[] {
    return [...this.#roots.values().map(({ path }) => path)];
  }

  /** The root that was given as `path`, or in another spelling of it. */
  find(path: string): Root | undefined {
    return this.#given.get(path) ?? this.#roots.get(this.#make(path).key);
  }

  /**
   * Follows what is at `path`, or comes there; `undefined` if that is done
   * already.
   *
   * @throws {SystemError} If nothing is there, unless it is to be waited for,
   * or if it cannot be watched.
   */
  add(path: string): Root | undefined {
    const { waitForMissing, isStrict } = this.#options;
    const { key, root } = this.#make(path);
    const known = this.#roots.get(key);
    this.#given.set(path, known ?? root);
    if (known) return undefined;
    this.#roots.set(key, root);
    this.#options.basePaths.add(path);
    try {
      const found = this.#watches.resolveAndWatch(root);
      const { state, error } = found;
      if (state === "directory") this.#addDirectory(root);
      else if (state === "file" || !waitForMissing) {
        // Where nothing is, the kernel has the error for it.
        if (waitForMissing) this.#watches.watchFileIfThere(root);
        else this.#watches.watchFile(root);
        this.#addFile(root, found);
        root.parent!.set(found.name, false);
      } else if (state === "denied" && isStrict) throw error;
      else this.#addFile(root, found);
      this.#reportBlind(root, found);
    } catch (error) {
      this.remove(root);
      throw error;
    }
    return root;
  }

  /** Follows it no longer. */
  remove(root: Root): void {
    for (const roots of [this.#given, this.#roots]) {
      for (const [key, each] of roots) if (each === root) roots.delete(key);
    }
    this.#options.basePaths.delete(root.path);
    if (root.directory) this.#options.treeWatcher.remove(root.directory);
    this.#forgetDirectory(root);
    this.#removeFile(root);
    this.#watches.release(root);
    this.#doubtful.delete(root);
    this.#unsure.delete(root);
  }

  #make(path: string): { key: string; root: Root } {
    const { libc, followSymlinks } = this.#options;
    const root = new Root(path, toAbsolute(path, libc), followSymlinks);
    const names = toNames(root.absolutePath).join("/");
    return { key: root.followSymlinks ? `${names}/` : names, root };
  }

  #lose(root: Root): void {
    this.remove(root);
    if (this.#roots.size === 0) this.#options.onEmpty();
  }

  // The parts of a step

  /** Takes the next event, before the trees do. */
  take(event: InotifyEvent): void {
    const affected = this.#watches.affectedBy(event);
    if (affected === undefined) return;
    for (const root of affected) this.#takeFor(root, event);
    if (event.mask & IN.IGNORED) this.#watches.forget(event.wd);
  }

  /** Returns the roots whose paths may lead to another directory after `event`. */
  rootsAt(event: InotifyEvent): readonly RootDirectory[] {
    if ((event.mask & OF_PATH) === 0) return [];
    const affected = this.#watches.affectedBy(event) ?? [];
    return [...affected].flatMap(({ directory }) => directory ?? []);
  }

  /** Called when all events that were read are taken. */
  tookAll(): void {
    for (const [root, cause] of this.#doubtful) {
      this.#doubtful.delete(root);
      this.#update(root, cause);
    }
  }

  /** Called when the kernel's queue was empty. */
  foundEmpty(): void {
    if (this.#unsure.size > 0 && !this.#options.treeWatcher.isUnsettled) {
      const roots = [...this.#unsure];
      this.#unsure.clear();
      for (const root of roots) this.#update(root);
    }
    if (this.#expectingDuplicates.size === 0) return;
    // Duplicates that have not come by now come soon, if at all.
    const end = performance.now() + DUPLICATE_TIMEOUT_MS;
    for (const root of this.#expectingDuplicates) root.duplicateUntil = end;
    this.#expectingDuplicates.clear();
  }

  /**
   * Looks at every path again, after events were lost. A file that changed at
   * the time `since`, in Unix milliseconds, or later was modified.
   */
  recheck(since: number): void {
    const { libc } = this.#options;
    const mounts = new MountTable(libc);
    for (const root of this.#roots.values()) {
      const { wd, absolutePath } = root;
      this.#update(root);
      if (!root.isFile || root.wd !== wd) continue;
      const mount = mountAt(absolutePath, libc) ?? 0n;
      const isModified = !mounts.hasReliableTimes(mount) ||
        changedAt(absolutePath, libc, root) >= since;
      if (isModified) this.#options.treeWatcher.setFile(root.parent!, "modify");
    }
  }

  /** Called if a root cannot be scanned. */
  lost(directory: RootDirectory, error: SystemError): void {
    const root = this.#byDirectory.get(directory);
    if (!root) return;
    if (isNotFound(error)) {
      this.#leave(root, "delete_self");
      if (this.#options.waitForMissing) return this.#update(root);
    } else {
      // It is there, and to look again would fail again.
      this.#reportUnwatched(root, root.path, error);
    }
    this.#lose(root);
  }

  /** Called if a directory below a root may not be read. */
  denied(directory: RootDirectory): void {
    const root = this.#byDirectory.get(directory);
    // Perhaps a directory above denies it. Then its permissions have to be watched.
    if (root && !root.isHidden) this.#doubtful.set(root, undefined);
  }

  /** Looks up the file of `parent`, of which the events are unclear. */
  check(parent: FileParent): void {
    for (const root of this.#roots.values()) {
      if (root.parent === parent) this.#update(root);
    }
  }

  /** Called when the file system of a root was unmounted. */
  unmounted(directory: RootDirectory): void {
    const root = this.#byDirectory.get(directory);
    if (!root) return;
    if (!this.#options.waitForMissing) return this.#lose(root);
    this.#update(root);
    if (root.directory !== directory) return;
    // Each file of a name that is there still is another one.
    this.#options.treeWatcher.rescan(directory, 0);
  }

  // Events

  #takeFor(root: Root, event: InotifyEvent): void {
    const { mask, wd, name } = event;
    const { parent } = root;
    if (name === "" && wd === root.wd) {
      this.#takeOfFile(root, event);
    } else if (mask & (IN.UNMOUNT | IN.IGNORED)) {
      // Other directories of the file system have such an event, too.
      this.#doubtful.set(root, event);
    } else if (
      parent && wd === parent.wd && name === parent.only &&
      (mask & IN.ISDIR) === 0
    ) this.#takeOfName(root, event);
    else if (mask & OF_PATH) this.#update(root, event);
  }

  /** An event of the name that the path ends at, which the trees report. */
  #takeOfName(root: Root, event: InotifyEvent): void {
    const { mask } = event;
    // What another file repeats does not come from the one that is there now.
    if (mask & NAMES) root.expectedDuplicate = 0;
    if (mask & (IN.CREATE | IN.MOVED_TO)) {
      this.#update(root, event);
    } else if (mask & (IN.DELETE | IN.MOVED_FROM)) {
      this.#watches.unwatchFile(root);
      // Only then, so that the trees report it.
      this.#doubtful.set(root, event);
    } else if (root.isFile) {
      root.expectedDuplicate |= mask;
      root.duplicateUntil = Infinity;
      this.#expectingDuplicates.add(root);
      if (mask & IN.ATTRIB && root.wd === UNWATCHED) this.#update(root, event);
    }
  }

  /** An event of the file itself, by whatever name. */
  #takeOfFile(root: Root, event: InotifyEvent): void {
    const { mask } = event;
    const { emit } = this.#options;
    const { path, parent } = root;
    if (mask & IN.IGNORED) root.wd = UNWATCHED;
    const duplicate = performance.now() < root.duplicateUntil
      ? root.expectedDuplicate
      : 0;
    for (const [bit, type] of CONTENT_TYPES) {
      if (mask & bit & ~duplicate) emit({ type, path, isDirectory: false });
    }
    root.expectedDuplicate = duplicate & ~mask;
    // Where the directory may not be watched, nothing else says so.
    const isAlone = parent === undefined || parent.wd === UNWATCHED;
    if (isAlone && mask & (SELF | IN.ATTRIB)) this.#doubtful.set(root, event);
  }

  // What is there

  /** Something on the path has changed: `cause`, if that is known. */
  #update(root: Root, cause?: InotifyEvent): void {
    this.#attempt(
      root,
      () => this.#follow(root, this.#watches.resolveAndWatch(root), cause),
    );
  }

  #attempt(root: Root, follow: () => void): void {
    try {
      follow();
    } catch (error) {
      // Not so for what a filter throws.
      if (!isSystemError(error)) throw error;
      this.#reportUnwatched(root, root.path, error);
      if (!this.#options.waitForMissing) this.#lose(root);
    }
  }

  /** Brings the consumer to what was found. */
  #follow(root: Root, found: Found, cause?: InotifyEvent): void {
    const { emit, waitForMissing } = this.#options;
    const { directory, path } = root;
    const { state, error } = found;
    this.#reportBlind(root, found);
    // Permissions may hide the path for a while, but not what happens there.
    const wasHidden = root.isHidden;
    root.isHidden = state === "denied" && root.isWatched && isOfModes(cause);
    if (root.isHidden) return;
    if (directory) {
      const isSame = state === "directory" &&
        (directory.wd === found.wd || directory.wd === UNWATCHED);
      if (isSame) {
        if (wasHidden) this.#options.treeWatcher.retryWithin(directory);
        // The same directory, perhaps by other names.
        if (directory.realPath !== "") {
          directory.realPath = joinPath(found.directory, found.name);
        }
        return;
      }
      const isMoved = cause && cause.mask & (IN.MOVE_SELF | IN.MOVED_FROM);
      this.#leave(root, isMoved ? "move_self" : "delete_self");
      if (!waitForMissing) return this.#lose(root);
    }
    if (error) this.#reportUnwatched(root, path, error);
    // Then the trees have the events of the name.
    const isReported = cause !== undefined && isAt(root, found);
    if (state === "file" && isReported) {
      this.#watches.watchFileIfThere(root);
    } else if (state === "missing" && isReported) {
      this.#watches.unwatchFile(root);
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
      // Nothing would say that it has come again.
      const isBlind = state !== "missing" || found.wd === UNWATCHED;
      if (waitForMissing || !isBlind) return;
      emit({ type: "delete_self", path });
      this.#lose(root);
    }
  }

  #addDirectory(root: Root, isReported = false): void {
    const { treeWatcher } = this.#options;
    root.directory = treeWatcher.add(root.path, root.absolutePath);
    this.#byDirectory.set(root.directory, root);
    if (isReported) treeWatcher.unmute(root.directory);
  }

  /** The directory has gone, and all below it. */
  #leave(root: Root, type: "delete_self" | "move_self"): void {
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
    this.#watches.watchFileIfThere(root);
    this.#addFile(root, found);
    if (isFile && wd === root.wd) return;
    const { treeWatcher } = this.#options;
    treeWatcher.setFile(root.parent!, isFile ? "modify" : "create");
  }

  /** Has the trees follow the file at the place that was found. */
  #addFile(root: Root, { directory, name, state, wd }: Found): void {
    const { parent, path, isFile } = root;
    // Nothing comes to be where the directory is missing.
    const found = state === "file" || state === "missing" ? wd : UNWATCHED;
    if (parent?.wd === found && parent.only === name) return;
    this.#removeFile(root);
    root.parent = new FileParent(path, directory, name);
    if (isFile) root.parent.set(name, false);
    this.#unsure.add(root);
    this.#options.treeWatcher.addFile(root.parent, found);
  }

  #loseFile(root: Root): void {
    if (root.isFile) this.#options.treeWatcher.setFile(root.parent!, "delete");
    this.#watches.unwatchFile(root);
  }

  #removeFile(root: Root): void {
    if (root.parent) this.#options.treeWatcher.removeFile(root.parent);
    root.parent = undefined;
  }

  #reportBlind(root: Root, { blind }: Found): void {
    for (const [path, error] of blind) this.#reportUnwatched(root, path, error);
    for (const path of root.unwatched) {
      if (path !== root.path && !blind.has(path)) root.unwatched.delete(path);
    }
  }

  /** Reports once what cannot be watched. */
  #reportUnwatched(root: Root, path: string, error: SystemError): void {
    if (root.unwatched.has(path)) return;
    root.unwatched.add(path);
    this.#options.emit({ type: "unwatched", path, error });
  }
}

/** Whether nothing but permissions may have changed. */
function isOfModes(cause: InotifyEvent | undefined): boolean {
  return cause === undefined || (cause.mask & ~(IN.ATTRIB | IN.ISDIR)) === 0;
}

/** Whether the last name is the one that the trees know, in a watched directory. */
function isAt({ parent }: Root, { wd, name }: Found): boolean {
  return wd !== UNWATCHED && parent?.wd === wd && parent.only === name;
}
