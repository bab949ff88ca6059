/**
 * The paths that were given to the watcher, each followed by name wherever that
 * leads: to a directory, which is the tracker's from there on; to a file, which
 * may be replaced; through symbolic links, which may be pointed elsewhere; or
 * to nothing yet.
 */

import type { BasePaths } from "./base_paths.ts";
import { isSystemError, type SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { MountTable } from "../kernel/mount_table.ts";
import { changedAt, mountAt } from "../kernel/stat.ts";
import { CONTENT_TYPES, NAME_TYPES } from "../tree/event_types.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import { withCookie } from "../tree/move_pairer.ts";
import { isNotFound } from "../tree/scan.ts";
import type { Observer, TreeWatcher } from "../tree/tree_watcher.ts";
import { type RootDirectory, UNWATCHED } from "../tree/node.ts";
import type { EntryEventType, WatchEvent } from "../tree/watch_event.ts";
import {
  type PathState,
  PathWatches,
  type PathWatchesOptions,
  Root,
} from "./path_watches.ts";

/** How long the second event of a change may take, in milliseconds. */
const DUPLICATE_TIMEOUT_MS = 10;

/** What {@linkcode Roots} need to know. */
export interface RootsOptions extends PathWatchesOptions {
  /** Whether to wait for paths that do not exist. */
  readonly waitForMissing: boolean;
  /** Whether to follow a path that is a symbolic link, or to watch the link. */
  readonly followSymlinks: boolean;
  readonly treeWatcher: TreeWatcher;
  /** The paths from which filters count. */
  readonly basePaths: BasePaths;
  /** Takes the events, in their order. */
  readonly emit: (event: WatchEvent) => void;
  /** Is told when no path is left, other than by removing the last one. */
  readonly onEmpty: () => void;
}

/** Follows the paths that were given to a watcher. */
export class Roots implements Observer {
  readonly #options: RootsOptions;
  readonly #watches: PathWatches;
  readonly #roots = new Map<string, Root>();
  /** Those with an {@linkcode Root.expectedDuplicate} since the queue was empty. */
  readonly #expectingDuplicates = new Set<Root>();

  constructor(options: RootsOptions) {
    this.#options = options;
    this.#watches = new PathWatches(options);
    options.treeWatcher.observer = this;
  }

  /** The paths that are followed, as they were given. */
  get paths(): string[] {
    return [...this.#roots.keys()];
  }

  /** The one for the path that was given as `path`. */
  find(path: string): Root | undefined {
    return this.#roots.get(path);
  }

  /**
   * Follows what is at `location`, or comes there, under the name of `path`.
   *
   * @throws {SystemError} If nothing is there, unless it is to be waited for,
   * or if it cannot be watched.
   */
  add(path: string, location: string): Root {
    const root = new Root(path, location, this.#options.followSymlinks);
    this.#roots.set(path, root);
    this.#options.basePaths.add(path);
    try {
      const found = this.#watches.resolveAndWatch(root);
      if (found === "directory") {
        root.directory = this.#options.treeWatcher.add(path, location);
      } else if (!this.#options.waitForMissing) {
        // Where nothing is, the kernel has the error for it.
        this.#watches.watchFile(root);
        root.isFile = true;
      } else if (found === "file") {
        this.#watches.watchFileIfThere(root);
        root.isFile = true;
      }
    } catch (error) {
      this.remove(root);
      throw error;
    }
    return root;
  }

  /** Follows it no longer. */
  remove(root: Root): void {
    this.#roots.delete(root.path);
    this.#options.basePaths.delete(root.path);
    if (root.directory) this.#options.treeWatcher.remove(root.directory);
    root.directory = undefined;
    this.#watches.release(root);
  }

  #lose(root: Root): void {
    this.remove(root);
    if (this.#roots.size === 0) this.#options.onEmpty();
  }

  /** Follows what may have come in the place of the directory `root`. */
  lost(directory: RootDirectory, error?: SystemError): void {
    const root = this.#roots.get(directory.name);
    if (root?.directory !== directory) return;
    const { path } = root;
    const { emit } = this.#options;
    root.directory = undefined;
    if (error && !isNotFound(error)) {
      // It is there, and to look again would fail again.
      emit({ type: "unwatched", path, error });
      this.#lose(root);
      return;
    }
    if (error) emit({ type: "delete_self", path });
    if (this.#options.waitForMissing || root.components.length > 0) {
      this.#update(root);
    } else this.#lose(root);
  }

  take(event: InotifyEvent): void {
    const concerned = this.#watches.affectedBy(event);
    if (concerned === undefined) return;
    for (const root of concerned) this.#takeFor(root, event);
    if (event.mask & IN.IGNORED) this.#watches.forget(event.wd);
  }

  /** What has no echo by now has none, but for one that is just being queued. */
  foundEmpty(): void {
    if (this.#expectingDuplicates.size === 0) return;
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
      if (isModified) this.#emitSynthetic("modify", root);
    }
  }

  // Events

  #takeFor(root: Root, event: InotifyEvent): void {
    const { mask, wd, name } = event;
    if (root.wd === wd) this.#takeOfFile(root, event);
    const i = root.components.findIndex((component) =>
      component.wd === wd && (component.name === name || (mask & SELF) !== 0)
    );
    if (i < 0) return;
    const isLast = root.isReached && i === root.components.length - 1 &&
      name !== "" && (mask & IN.ISDIR) === 0;
    if (isLast) this.#takeOfName(root, event);
    else if (mask & (NAMES | SELF)) this.#update(root);
  }

  /** An event of the name that the path ends at. */
  #takeOfName(root: Root, event: InotifyEvent): void {
    const { mask, wd, name } = event;
    const isTold = this.#options.treeWatcher.reports(root.path, wd, name);
    // What another file repeats does not come from the one that is there now.
    if (mask & NAMES) root.expectedDuplicate = 0;
    if (mask & (IN.CREATE | IN.MOVED_TO)) {
      const isNews = !root.isFile || (mask & IN.MOVED_TO) !== 0;
      if (isNews) this.#come(root, event, isTold);
    } else if (mask & (IN.DELETE | IN.MOVED_FROM)) {
      if (!root.isFile) return;
      root.isFile = false;
      this.#watches.unwatchFile(root);
      if (!isTold) this.#emitOf(root, event, NAME_TYPES);
    } else if (root.isFile) {
      if (!isTold) this.#emitOf(root, event, CONTENT_TYPES);
      root.expectedDuplicate |= mask;
      root.duplicateUntil = Infinity;
      this.#expectingDuplicates.add(root);
    }
  }

  /** A file came, or a link, which may lead anywhere. */
  #come(root: Root, event: InotifyEvent, isTold: boolean): void {
    const { components } = root;
    this.#attempt(root, () => {
      const found = this.#watches.resolveAndWatch(root);
      if (root.components !== components || found === "directory") {
        this.#follow(root, found);
        return;
      }
      if (!isTold) this.#emitOf(root, event, NAME_TYPES);
      root.isFile = true;
      // If it is missing, the event for that is on its way.
      if (found === "file") this.#watches.watchFileIfThere(root);
    });
  }

  /** An event of the file itself, by whatever name. */
  #takeOfFile(root: Root, event: InotifyEvent): void {
    const { mask } = event;
    if (mask & IN.IGNORED) root.wd = UNWATCHED;
    const echo = performance.now() < root.duplicateUntil
      ? root.expectedDuplicate
      : 0;
    this.#emitOf(root, { ...event, mask: mask & ~echo }, CONTENT_TYPES);
    root.expectedDuplicate = echo & ~mask;
  }

  // What is there

  /** Something on the way has changed. */
  #update(root: Root): void {
    this.#attempt(
      root,
      () => this.#follow(root, this.#watches.resolveAndWatch(root)),
    );
  }

  #attempt(root: Root, follow: () => void): void {
    try {
      follow();
    } catch (error) {
      // Not so for what a filter throws.
      if (!isSystemError(error)) throw error;
      this.#options.emit({ type: "unwatched", path: root.path, error });
      this.#lose(root);
    }
  }

  /** Brings the consumer to what was found. */
  #follow(root: Root, found: PathState): void {
    const { emit, treeWatcher, waitForMissing } = this.#options;
    const { path, absolutePath, directory } = root;
    if (found === "directory" && directory) {
      treeWatcher.rescan(directory);
      return;
    }
    if (directory) {
      treeWatcher.remove(directory);
      root.directory = undefined;
      emit({ type: "delete_self", path });
    }
    if (found === "file") {
      const { wd } = root;
      this.#watches.watchFileIfThere(root);
      if (!root.isFile) this.#emitSynthetic("create", root);
      else if (wd !== root.wd) this.#emitSynthetic("modify", root);
      root.isFile = true;
      return;
    }
    if (root.isFile) this.#emitSynthetic("delete", root);
    root.isFile = false;
    this.#watches.unwatchFile(root);
    if (found === "directory") {
      emit({ type: "create", path, isDirectory: true, synthetic: true });
      root.directory = treeWatcher.add(path, absolutePath);
      treeWatcher.unmute(root.directory);
    } else if (
      found === "unreachable" && root.components.length === 1 &&
      !waitForMissing
    ) {
      // No link leads there that could be pointed elsewhere.
      this.#lose(root);
    }
  }

  #emitOf(
    { path }: Root,
    { mask, cookie }: InotifyEvent,
    types: ReadonlyMap<number, EntryEventType>,
  ): void {
    for (const [bit, type] of types) {
      if ((mask & bit) === 0) continue;
      const event: WatchEvent = { type, path, isDirectory: false };
      this.#options.emit(withCookie(event, cookie));
    }
  }

  /** Tells what no event of the kernel has told. */
  #emitSynthetic(type: EntryEventType, { path }: Root): void {
    this.#options.emit({ type, path, isDirectory: false, synthetic: true });
  }
}
