/**
 * The ways to the paths that were given to the watcher: the names on which it
 * depends what is there, and the file that is there, all of them watched.
 */

import { addWatch, type WatchHolder } from "../kernel/inotify.ts";
import { OpenDirectory } from "../kernel/directory.ts";
import {
  isSystemError,
  NOT_FOUND_CODES,
  type SystemError,
} from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import { IN, SELF, STRUCTURE } from "../kernel/mask.ts";
import { toCString } from "../kernel/byte_path.ts";
import { type PathComponent, resolvePath } from "./resolve_path.ts";
import { type RootDirectory, UNWATCHED } from "../tree/node.ts";
import type { WatchTable } from "../tree/watch_table.ts";

/** How {@linkcode PathWatches} are watched. */
export interface PathWatchesOptions {
  readonly libc: Libc;
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  /** The events to ask the kernel for, besides those of names. */
  readonly mask: number;
  readonly watches: WatchTable;
}

/** What a path leads to; `unreachable` if not even its directory is there. */
export type PathState = "directory" | "file" | "missing" | "unreachable";

/** How often to look again where things change while one looks. */
const MAX_TRIES = 100;

/** Watches the ways, and knows which of them an event is about. */
export class PathWatches {
  readonly #options: PathWatchesOptions;
  readonly #libc: Libc;
  /** By a watch and a name in it; by `""` those whose file has the watch. */
  readonly #byWatch = new Map<number, Map<string, Set<Root>>>();

  constructor(options: PathWatchesOptions) {
    this.#options = options;
    this.#libc = options.libc;
  }

  /** Those to whose way something has happened, if there are any. */
  affectedBy({ wd, mask, name }: InotifyEvent): Iterable<Root> | undefined {
    const byName = this.#byWatch.get(wd);
    if (byName === undefined) return undefined;
    if (mask & SELF) {
      return new Set(byName.values().flatMap((roots) => roots));
    }
    const roots = byName.get(name);
    // A copy, since they may come to depend on other names.
    return roots && [...roots];
  }

  /**
   * Watches the names on the way to `root`, before it looks at them for the
   * last time, and tells what is there.
   */
  resolveAndWatch(root: Root): PathState {
    for (let tries = 0;; tries++) {
      try {
        const { components, isMissing, isPartial } = resolvePath(
          root,
          this.#libc,
        );
        const isRoot = !isMissing && isDirectory(root, this.#libc);
        const isNew = this.#setComponents(
          root,
          isRoot ? components.slice(0, -1) : components,
        );
        if (isNew && tries < MAX_TRIES) continue;
        root.isReached = !isRoot && !isPartial;
        if (isRoot) return "directory";
        if (!isMissing) return "file";
        return isPartial ? "unreachable" : "missing";
      } catch (error) {
        if (!isNotFound(error) || tries >= MAX_TRIES) throw error;
      }
    }
  }

  /** Watches the file that is there, in the place of one that was. */
  watchFile(root: Root): void {
    const { absolutePath, path, followSymlinks } = root;
    const flags = IN.DELETE_SELF | (followSymlinks ? 0 : IN.DONT_FOLLOW);
    const mask = this.#options.mask | flags;
    this.#setFile(root, this.#watch(absolutePath, path, mask));
  }

  /** The same, unless it is gone again and its event is coming. */
  watchFileIfThere(root: Root): void {
    try {
      this.watchFile(root);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.unwatchFile(root);
    }
  }

  unwatchFile(root: Root): void {
    this.#setFile(root, UNWATCHED);
  }

  /** Watches nothing of it any more. */
  release(root: Root): void {
    this.#place(root, [], UNWATCHED);
  }

  /** The kernel itself has removed the watch. */
  forget(wd: number): void {
    this.#byWatch.delete(wd);
  }

  /** Whether these are others than before. */
  #setComponents(root: Root, components: readonly PathComponent[]): boolean {
    const { mask } = this.#options;
    const watched: WatchedComponent[] = [];
    try {
      for (const { directory, name } of components) {
        const wd = this.#watch(directory, root.path, STRUCTURE | mask);
        watched.push({ wd, name });
      }
    } catch (error) {
      for (const { wd } of watched) this.#options.watches.releaseUnused(wd);
      throw error;
    }
    const isSame = watched.length === root.components.length &&
      watched.every(({ wd, name }, i) =>
        wd === root.components[i]!.wd && name === root.components[i]!.name
      );
    if (isSame) return false;
    this.#place(root, watched, root.wd);
    return true;
  }

  #setFile(root: Root, wd: number): void {
    if (wd !== root.wd) this.#place(root, root.components, wd);
  }

  /** Puts `root` where its events are: at its components and its file. */
  #place(
    root: Root,
    components: readonly WatchedComponent[],
    wd: number,
  ): void {
    const { watches } = this.#options;
    const before = placesOf(root);
    for (const { wd, name } of before) {
      this.#byWatch.get(wd)?.get(name)?.delete(root);
    }
    root.components = components;
    root.wd = wd;
    for (const { wd, name } of placesOf(root)) {
      watches.retain(wd);
      const byName = getOr(this.#byWatch, wd, () => new Map());
      getOr(byName, name, () => new Set<Root>()).add(root);
    }
    // Only now, so that no watch is given up that is still wanted.
    for (const { wd, name } of before) {
      watches.release(wd);
      const byName = this.#byWatch.get(wd);
      if (byName?.get(name)?.size === 0) byName.delete(name);
      if (byName?.size === 0) this.#byWatch.delete(wd);
    }
  }

  #watch(location: string, path: string, mask: number): number {
    const { inotify } = this.#options;
    return addWatch({
      inotify,
      location: toCString(location),
      path,
      mask: mask | IN.MASK_ADD,
    }, this.#libc);
  }
}

/** Whether `error` says that something is not where it was just before. */
function isNotFound(error: unknown): boolean {
  return isSystemError(error) && NOT_FOUND_CODES.has(error.code);
}

function isDirectory(root: Root, libc: Libc): boolean {
  const { absolutePath, path, followSymlinks } = root;
  try {
    using _ = new OpenDirectory(libc, absolutePath, {
      path,
      follow: followSymlinks ? "all" : "parents",
    });
    return true;
  } catch (error) {
    if ((error as SystemError).code === "ENOTDIR") return false;
    throw error;
  }
}

/** The names, and the file, whose events are about `root`. */
function placesOf({ components, wd }: Root): readonly WatchedComponent[] {
  return wd === UNWATCHED ? components : [...components, { wd, name: "" }];
}

function getOr<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  make: () => Value,
): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}

/** A name in a watched directory. */
export interface WatchedComponent {
  readonly wd: number;
  readonly name: string;
}

/** A path that was given to the watcher. */
export class Root {
  /** The path as it was given, for reports. */
  readonly path: string;
  /** The absolute path. */
  readonly absolutePath: string;
  /** Whether to follow it if it is a symbolic link. */
  readonly followSymlinks: boolean;
  /** The names on which depends what is there. */
  components: readonly WatchedComponent[] = [];
  /** Whether the last of them is where the path ends. */
  isReached = false;
  /** The directory that is there. */
  directory: RootDirectory | undefined;
  /** Whether a file is there, as far as it was told. */
  isFile = false;
  /** The watch of that file, for changes by another of its names. */
  wd = UNWATCHED;
  /**
   * The events that the directory told, and the file is about to repeat: the
   * kernel queues the two one after the other, and a read may come between.
   */
  expectedDuplicate = 0;
  /** When the file repeats them no more, as `performance.now()` has it. */
  duplicateUntil = 0;

  constructor(path: string, location: string, follows: boolean) {
    this.path = path;
    this.absolutePath = location;
    // With a slash behind it, a path is the directory that a link leads to.
    this.followSymlinks = follows || location.endsWith("/");
  }
}
