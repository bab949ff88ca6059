/**
 * Watches the names on the given paths.
 *
 * A directory on a path is watched only for its own move and deletion, so a busy
 * directory causes no events. The directory of the last name is also watched for
 * this name: if a directory is deleted while it is open, only its parent reports
 * that. The directories above cannot be deleted before their entries.
 */

import { addWatch, type WatchHolder } from "../kernel/add_watch.ts";
import {
  isSystemError,
  NOT_FOUND_CODES,
  type SystemError,
} from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import { IN, STRUCTURE } from "../kernel/mask.ts";
import { joinPath, toCString } from "../kernel/byte_path.ts";
import {
  lookAt,
  type PathState,
  type Place,
  splitPath,
  walkPath,
} from "./resolve_path.ts";
import type { PathComponent, Root } from "./root.ts";
import { UNWATCHED } from "../tree/node.ts";
import type { WatchTable } from "../tree/watch_table.ts";

/** Options of {@linkcode PathWatches}. */
export interface PathWatchesOptions {
  readonly libc: Libc;
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  /** The kernel's events to watch at a given file, in addition to those of names. */
  readonly mask: number;
  readonly watches: WatchTable;
}

/** The result of following a path. */
export interface Found {
  readonly state: PathState;
  /** The directory of the last name, and this name. */
  readonly directory: string;
  readonly name: string;
  /** The watch of the directory at the path, or of the directory of the last name. */
  readonly wd: number;
  /** Why the path is "denied". */
  readonly error?: SystemError;
  /** The directories that cannot be watched for a name on the path. */
  readonly blind: ReadonlyMap<string, SystemError>;
}

/** How often to follow a path again if it changes meanwhile. */
const MAX_TRIES = 100;

const MOVED = IN.MOVE_SELF | IN.DELETE_SELF | IN.MASK_ADD;
const OF_DIRECTORY = MOVED | IN.ONLYDIR | IN.DONT_FOLLOW;
// A link may have several names. Deleting one of them only changes its link count.
const OF_LINK = MOVED | IN.ATTRIB | IN.DONT_FOLLOW;
const OF_NAME = IN.DELETE | IN.MOVE;
const OF_MISSING = OF_NAME | IN.CREATE;
const OF_DENIED = OF_NAME | IN.ATTRIB;

/** Watches the names on paths, and knows which paths depend on an event. */
export class PathWatches {
  readonly #options: PathWatchesOptions;
  readonly #libc: Libc;
  /** The roots by watch and by name in the watched directory. */
  readonly #byWatch = new Map<number, Map<string, Set<Root>>>();

  constructor(options: PathWatchesOptions) {
    this.#options = options;
    this.#libc = options.libc;
  }

  /** Returns the roots that depend on the name of `event`, if there are any. */
  affectedBy({ wd, name }: InotifyEvent): Iterable<Root> | undefined {
    const roots = this.#byWatch.get(wd)?.get(name);
    // A copy, because their names may change during the iteration.
    return roots && [...roots];
  }

  /**
   * Follows the path of `root` and watches its names, until no name has changed
   * meanwhile. Returns what is at the path. Every later change causes an event.
   */
  resolveAndWatch(root: Root): Found {
    for (let tries = 0;; tries++) {
      const components: PathComponent[] = [];
      try {
        const found = this.#resolve(root, components);
        if (found.state === "denied" && root.isWatched) {
          // Names that permissions hide now can still change.
          components.push(
            ...root.components.filter((each) =>
              !components.some(({ wd, name }) =>
                wd === each.wd && name === each.name
              )
            ),
          );
        }
        const isNew = this.#setComponents(root, components);
        if (!isNew || tries >= MAX_TRIES) return found;
      } catch (error) {
        for (const { wd } of components) {
          this.#options.watches.releaseUnused(wd);
        }
        if (!isNotFound(error) || tries >= MAX_TRIES) throw error;
      }
    }
  }

  /** Returns whether the watch `wd` is of the directory at `location`. */
  isAt(location: string, wd: number): boolean {
    try {
      const found = this.#watch(location, location, MOVED | IN.ONLYDIR);
      this.#options.watches.releaseUnused(found);
      return found === wd;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return false;
    }
  }

  /** Watches the file at the path, instead of an earlier file. */
  watchFile(root: Root): void {
    const { absolutePath, path, followSymlinks } = root;
    const flags = MOVED | (followSymlinks ? 0 : IN.DONT_FOLLOW);
    const mask = this.#options.mask | flags;
    this.#place(root, root.components, this.#watch(absolutePath, path, mask));
  }

  /** Watches the file, unless it is missing again: then an event follows. */
  watchFileIfThere(root: Root): void {
    try {
      this.watchFile(root);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.unwatchFile(root);
    }
  }

  unwatchFile(root: Root): void {
    this.#place(root, root.components, UNWATCHED);
  }

  /** Stops all watches for `root`. */
  release(root: Root): void {
    this.#place(root, [], UNWATCHED);
  }

  /** Called when the kernel has removed the watch. */
  forget(wd: number): void {
    this.#byWatch.delete(wd);
  }

  /** Watches the names on the path from the top down, each before it is followed. */
  #resolve(root: Root, components: PathComponent[]): Found {
    const { path } = root;
    const blind = new Map<string, SystemError>();
    const locations: string[] = root.locations = [];
    const watchName = (location: string, mask: number): number => {
      const { directory, name } = splitPath(location);
      if (name === "") return UNWATCHED;
      try {
        const wd = this.#watch(directory, path, mask | OF_DIRECTORY);
        components.push({ wd, name });
        return wd;
      } catch (error) {
        if (!isDenied(error)) throw error;
        blind.set(directory, error);
        return UNWATCHED;
      }
    };
    const watchSelf = (location: string, mask: number): boolean => {
      try {
        const wd = this.#watch(location, path, mask);
        components.push({ wd, name: "" });
        return true;
      } catch (error) {
        if (!isDenied(error)) throw error;
        watchName(location, OF_DENIED);
        return false;
      }
    };
    const look = (location: string): Place => {
      locations.push(location);
      try {
        // The state of most names is clear already.
        if (watchSelf(location, OF_DIRECTORY)) return { kind: "directory" };
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      const place = lookAt(location, path, this.#libc);
      if (place.kind === "link") watchSelf(location, OF_LINK);
      return place;
    };

    const end = walkPath(root, look, this.#libc);
    const { state, directory, name } = end;
    const location = joinPath(directory, name);
    let wd = UNWATCHED;
    if (state === "directory") {
      watchName(location, OF_NAME);
      // A directory reports its own deletion only if it is not open.
      blind.delete(directory);
      try {
        wd = this.#watch(location, path, MOVED | IN.ONLYDIR);
      } catch (error) {
        if (!isDenied(error)) throw error;
        return { ...end, state: "denied", error, wd, blind };
      }
      components.push({ wd, name: "" });
    } else if (state === "denied") {
      watchSelf(directory, OF_DIRECTORY | IN.ATTRIB);
      watchName(directory, OF_DENIED);
    } else {
      const isEnd = state !== "unreachable";
      wd = watchName(
        location,
        isEnd ? STRUCTURE | this.#options.mask : OF_MISSING,
      );
      if (wd === UNWATCHED) watchName(directory, OF_DENIED);
      else if (state !== "file") watchName(directory, OF_NAME);
    }
    return { ...end, wd, blind };
  }

  /** Sets the names on which `root` depends; returns whether they have changed. */
  #setComponents(root: Root, components: readonly PathComponent[]): boolean {
    const isSame = components.length === root.components.length &&
      components.every(({ wd, name }, i) =>
        wd === root.components[i]!.wd && name === root.components[i]!.name
      );
    if (!isSame) this.#place(root, components, root.wd);
    return !isSame;
  }

  /** Records that `root` depends on its components and its file. */
  #place(
    root: Root,
    components: readonly PathComponent[],
    wd: number,
  ): void {
    if (components === root.components && wd === root.wd) return;
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
    // Only now, so that no watch is removed that is still needed.
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

/** Returns whether `error` means that a file is missing that existed just before. */
function isNotFound(error: unknown): boolean {
  return isSystemError(error) && NOT_FOUND_CODES.has(error.code);
}

function isDenied(error: unknown): error is SystemError {
  return isSystemError(error) && error.code === "EACCES";
}

/** Returns the names, and the file, whose events are about `root`. */
function placesOf({ components, wd }: Root): readonly PathComponent[] {
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
