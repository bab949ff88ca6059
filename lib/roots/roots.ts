/**
 * Follows the paths that were given to the watcher by every name on them.
 *
 * After an event of a name on a path, or a mount, the path may lead to another place.
 * So the whole path is followed again.
 */

import type { BasePaths } from "./base_paths.ts";
import type { SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { MountTable } from "../kernel/mount_table.ts";
import { changedAt, mountAt } from "../kernel/stat.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import { isNotFound } from "../tree/scan.ts";
import {
  type FileParent,
  type RootDirectory,
  UNWATCHED,
} from "../tree/node.ts";
import { PathWatches, type PathWatchesOptions } from "./path_watches.ts";
import { Link, Links } from "./links.ts";
import { RepeatedEvents } from "./repeated_events.ts";
import { toAbsolute, toNames } from "./resolve_path.ts";
import { Root } from "./root.ts";
import { RootUpdater, type RootUpdaterOptions } from "./root_updater.ts";

/** Options of {@linkcode Roots}. */
export interface RootsOptions
  extends
    PathWatchesOptions,
    Omit<RootUpdaterOptions, "pathWatches" | "onLost"> {
  /** Whether to follow a path that is a symbolic link, or to watch the link. */
  readonly followSymlinks: boolean;
  /** Whether to follow symbolic links below the paths. */
  readonly followLinksBelow: boolean;
  /** The given paths, below which filters match. */
  readonly basePaths: BasePaths;
  /** Called when no path is left, except by removing the last one. */
  readonly onEmpty: () => void;
}

/** The events after which a path may lead to another place. */
const OF_PATH = NAMES | SELF | IN.ATTRIB;

/** Follows the paths that were given to a watcher. */
export class Roots {
  readonly #options: RootsOptions;
  readonly #pathWatches: PathWatches;
  readonly #updater: RootUpdater;
  /** The symbolic links below the paths, if these are followed. */
  readonly #links: Links | undefined;
  /** The roots by the names in their absolute paths. */
  readonly #roots = new Map<string, Root>();
  /** The roots by their given paths. */
  readonly #given = new Map<string, Root>();
  /** The roots to follow again after all events, and the reason. */
  readonly #doubtful = new Map<Root, InotifyEvent | undefined>();
  readonly #repeated = new RepeatedEvents();

  constructor(options: RootsOptions) {
    this.#options = options;
    const pathWatches = this.#pathWatches = new PathWatches(options);
    this.#updater = new RootUpdater({
      ...options,
      pathWatches,
      onLost: (root) => this.#lose(root),
    });
    if (!options.followLinksBelow) return;
    this.#links = new Links({ ...options, watches: pathWatches });
    options.treeWatcher.links = this.#links;
  }

  /** Whether there is anything to do, even if no event comes. */
  get isBusy(): boolean {
    return this.#links?.isBusy ?? false;
  }

  /** Whether symbolic links below the paths are followed. */
  get followsLinks(): boolean {
    return this.#links !== undefined;
  }

  /** The paths that are followed, as they were given first. */
  get paths(): string[] {
    return [...this.#roots.values().map(({ path }) => path)];
  }

  /** Returns the root that was given as `path` or in another spelling of it. */
  find(path: string): Root | undefined {
    return this.#given.get(path) ?? this.#roots.get(this.#make(path).key);
  }

  /** Returns whether looking up `path` may hang, by the mounts of `table`. */
  mayHang(path: string, table: MountTable): boolean {
    return this.#updater.mayHang(this.#make(path).root, table);
  }

  /**
   * Follows the file or directory at `path`, now or later. Returns `undefined` if the
   * path is followed already.
   *
   * @throws {SystemError} If the path does not exist, unless `waitForMissing` is set,
   * or if it cannot be watched.
   */
  add(path: string): Root | undefined {
    const { key, root } = this.#make(path);
    const known = this.#roots.get(key);
    this.#given.set(path, known ?? root);
    if (known) return undefined;
    this.#roots.set(key, root);
    this.#options.basePaths.add(path);
    try {
      this.#updater.start(root);
    } catch (error) {
      this.remove(root);
      throw error;
    }
    return root;
  }

  /** Stops following `root`. */
  remove(root: Root): void {
    for (const roots of [this.#given, this.#roots]) {
      for (const [key, each] of roots) if (each === root) roots.delete(key);
    }
    this.#options.basePaths.delete(root.path);
    this.#updater.stop(root);
    this.#doubtful.delete(root);
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
    const affected = this.#pathWatches.affectedBy(event);
    if (affected === undefined) return;
    for (const root of affected) this.#takeFor(root, event);
    if (event.mask & IN.IGNORED) this.#pathWatches.forget(event.wd);
  }

  /** Returns the roots whose paths may lead to another directory after `event`. */
  rootsAt(event: InotifyEvent): readonly RootDirectory[] {
    if ((event.mask & OF_PATH) === 0) return [];
    const affected = this.#pathWatches.affectedBy(event) ?? [];
    return [...affected].flatMap(({ directory }) => directory ?? []);
  }

  /** Called when all events that were read are taken. */
  tookAll(): void {
    this.#updater.updateDelayed();
    for (const [root, cause] of this.#doubtful) {
      this.#doubtful.delete(root);
      this.#updater.update(root, cause);
    }
    this.#links?.update();
  }

  /** Called when the kernel's queue was empty. */
  foundEmpty(): void {
    if (!this.#options.treeWatcher.isUnsettled) this.#updater.updateUnsure();
    this.#repeated.foundEmpty();
  }

  /**
   * Follows every path again after events were lost. A file that changed at the time
   * `since`, in Unix milliseconds, or later is reported as modified.
   */
  recheck(since: number): void {
    this.#links?.doubtAll();
    const { libc } = this.#options;
    const mounts = this.#options.mounts.read();
    for (const root of this.#roots.values()) {
      const { wd, absolutePath } = root;
      this.#updater.update(root);
      if (!root.isFile || root.wd !== wd) continue;
      const isModified = this.#updater.mayHang(root) ||
        !mounts.hasReliableTimes(mountAt(absolutePath, libc) ?? 0n) ||
        changedAt(absolutePath, libc, root) >= since;
      if (isModified) this.#options.treeWatcher.setFile(root.parent!, "modify");
    }
  }

  /** Called if a root cannot be scanned. */
  lost(directory: RootDirectory, error: SystemError): void {
    const root = this.#updater.rootOf(directory);
    if (!root) return this.#links?.lost(directory, error);
    if (isNotFound(error)) {
      this.#updater.leave(root, "delete_self");
      if (this.#options.waitForMissing) return this.#updater.update(root);
    } else {
      // The directory exists, and another try would fail as well.
      this.#updater.reportUnwatched(root, root.path, error);
    }
    this.#lose(root);
  }

  /** Called if a directory below a root may not be read. */
  denied(directory: RootDirectory): void {
    const root = this.#updater.rootOf(directory);
    // Perhaps a directory above denies it. Then its permissions have to be watched.
    if (root && !root.isHidden) this.#doubtful.set(root, undefined);
  }

  /** Looks up the file of `parent`, of which the events are unclear. */
  check(parent: FileParent): void {
    for (const root of this.#roots.values()) {
      if (root.parent === parent) this.#updater.update(root);
    }
  }

  /** Called when the file system of a root was unmounted. */
  unmounted(directory: RootDirectory): void {
    const root = this.#updater.rootOf(directory);
    if (!root) return this.#links?.unmounted(directory);
    if (!this.#options.waitForMissing) return this.#lose(root);
    this.#updater.update(root);
    if (root.directory !== directory) return;
    // Files with the same names are other files now.
    this.#options.treeWatcher.rescan(directory, 0);
  }

  /** Called when mounts have changed at `paths`. */
  remounted(paths: ReadonlySet<string>): void {
    this.#links?.doubtAll();
    for (const root of this.#roots.values()) {
      const changed = root.locations.filter((each) => paths.has(each));
      if (changed.length === 0) continue;
      const isAbove = changed.some((each) => each !== root.directory?.realPath);
      this.#updater.update(root, isAbove ? undefined : "covered");
    }
  }

  // Events

  #takeFor(root: Root, event: InotifyEvent): void {
    const { mask, wd, name } = event;
    const { parent } = root;
    if (root instanceof Link) {
      if (mask & (OF_PATH | IN.UNMOUNT | IN.IGNORED)) this.#links?.doubt(root);
    } else if (name === "" && wd === root.wd) {
      this.#takeOfFile(root, event);
    } else if (mask & (IN.UNMOUNT | IN.IGNORED)) {
      // Other directories of the file system have the same event.
      this.#doubtful.set(root, event);
    } else if (
      parent && wd === parent.wd && name === parent.only &&
      (mask & IN.ISDIR) === 0
    ) this.#takeOfName(root, event);
    else if (mask & OF_PATH) this.#updater.update(root, event);
  }

  /** Takes an event of the last name of the path, which the trees report. */
  #takeOfName(root: Root, event: InotifyEvent): void {
    const { mask } = event;
    // A repetition would be of the earlier file, not of the current one.
    if (mask & NAMES) root.expectedRepeats = 0;
    if (mask & (IN.CREATE | IN.MOVED_TO)) {
      this.#updater.update(root, event);
    } else if (mask & (IN.DELETE | IN.MOVED_FROM)) {
      this.#pathWatches.unwatchFile(root);
      // Only after all events, so that the trees report this one.
      this.#doubtful.set(root, event);
    } else if (root.isFile) {
      this.#repeated.expect(root, mask);
      if (mask & IN.ATTRIB && root.wd === UNWATCHED) {
        this.#updater.update(root, event);
      }
    }
  }

  /** Takes an event of the file itself, through any of its names. */
  #takeOfFile(root: Root, event: InotifyEvent): void {
    const { mask } = event;
    const { emit } = this.#options;
    const { path, parent } = root;
    if (mask & IN.IGNORED) root.wd = UNWATCHED;
    for (const type of this.#repeated.newTypes(root, mask)) {
      emit({ type, path, isDirectory: false });
    }
    // If the directory cannot be watched, no other event reports this.
    const isAlone = parent === undefined || parent.wd === UNWATCHED;
    if (isAlone && mask & (SELF | IN.ATTRIB)) this.#doubtful.set(root, event);
  }
}
