/**
 * The ways to the paths that were given to the watcher: the names on which it
 * depends what is there, and the file that is there, all of them watched.
 */

import { addWatch } from "../kernel/add_watch.ts";
import { OpenDirectory } from "../kernel/directory.ts";
import { isSystemError, type SystemError, VANISHED } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import { IN, SELF, STRUCTURE } from "../kernel/mask.ts";
import { toCString } from "../kernel/byte_path.ts";
import { type Hop, resolve } from "./resolve_path.ts";
import { type RootDirectory, UNWATCHED, type Watches } from "../tree/node.ts";

/** How {@linkcode Ways} are watched. */
export interface WaysOptions {
  readonly libc: Libc;
  /** The descriptor of the inotify instance. */
  readonly inotify: number;
  /** The events to ask the kernel for, besides those of names. */
  readonly mask: number;
  readonly watches: Watches;
}

/** What a path leads to; `unreachable` if not even its directory is there. */
export type Found = "directory" | "file" | "missing" | "unreachable";

/** How often to look again where things change while one looks. */
const MAX_TRIES = 100;

/** Watches the ways, and knows which of them an event is about. */
export class Ways {
  readonly #options: WaysOptions;
  readonly #libc: Libc;
  /** By a watch and a name in it; by `""` those whose file has the watch. */
  readonly #byWatch = new Map<number, Map<string, Set<Anchor>>>();

  constructor(options: WaysOptions) {
    this.#options = options;
    this.#libc = options.libc;
  }

  /** Those to whose way something has happened, if there are any. */
  concernedBy({ wd, mask, name }: InotifyEvent): Iterable<Anchor> | undefined {
    const byName = this.#byWatch.get(wd);
    if (byName === undefined) return undefined;
    if (mask & SELF) {
      return new Set(byName.values().flatMap((anchors) => anchors));
    }
    const anchors = byName.get(name);
    // A copy, since they may come to depend on other names.
    return anchors && [...anchors];
  }

  /**
   * Watches the names on the way to `anchor`, before it looks at them for the
   * last time, and tells what is there.
   */
  reach(anchor: Anchor): Found {
    for (let tries = 0;; tries++) {
      try {
        const { hops, isMissing, isPartial } = resolve(anchor, this.#libc);
        const isRoot = !isMissing && isDirectory(anchor, this.#libc);
        const isNew = this.#setHops(anchor, isRoot ? hops.slice(0, -1) : hops);
        if (isNew && tries < MAX_TRIES) continue;
        anchor.isReached = !isRoot && !isPartial;
        if (isRoot) return "directory";
        if (!isMissing) return "file";
        return isPartial ? "unreachable" : "missing";
      } catch (error) {
        if (!hasGone(error) || tries >= MAX_TRIES) throw error;
      }
    }
  }

  /** Watches the file that is there, in the place of one that was. */
  watchFile(anchor: Anchor): void {
    const { location, path, follows } = anchor;
    const flags = IN.DELETE_SELF | (follows ? 0 : IN.DONT_FOLLOW);
    const mask = this.#options.mask | flags;
    this.#setFile(anchor, this.#watch(location, path, mask));
  }

  /** The same, unless it is gone again and its event is coming. */
  watchFileIfThere(anchor: Anchor): void {
    try {
      this.watchFile(anchor);
    } catch (error) {
      if (!hasGone(error)) throw error;
      this.unwatchFile(anchor);
    }
  }

  unwatchFile(anchor: Anchor): void {
    this.#setFile(anchor, UNWATCHED);
  }

  /** Watches nothing of it any more. */
  leave(anchor: Anchor): void {
    this.#place(anchor, [], UNWATCHED);
  }

  /** The kernel itself has removed the watch. */
  forget(wd: number): void {
    this.#byWatch.delete(wd);
  }

  /** Whether these are others than before. */
  #setHops(anchor: Anchor, hops: readonly Hop[]): boolean {
    const { mask } = this.#options;
    const watched: WatchedHop[] = [];
    try {
      for (const { directory, name } of hops) {
        const wd = this.#watch(directory, anchor.path, STRUCTURE | mask);
        watched.push({ wd, name });
      }
    } catch (error) {
      for (const { wd } of watched) this.#options.watches.releaseUnused(wd);
      throw error;
    }
    const isSame = watched.length === anchor.hops.length &&
      watched.every(({ wd, name }, i) =>
        wd === anchor.hops[i]!.wd && name === anchor.hops[i]!.name
      );
    if (isSame) return false;
    this.#place(anchor, watched, anchor.wd);
    return true;
  }

  #setFile(anchor: Anchor, wd: number): void {
    if (wd !== anchor.wd) this.#place(anchor, anchor.hops, wd);
  }

  /** Puts `anchor` where its events are: at its hops and its file. */
  #place(anchor: Anchor, hops: readonly WatchedHop[], wd: number): void {
    const { watches } = this.#options;
    const before = placesOf(anchor);
    for (const { wd, name } of before) {
      this.#byWatch.get(wd)?.get(name)?.delete(anchor);
    }
    anchor.hops = hops;
    anchor.wd = wd;
    for (const { wd, name } of placesOf(anchor)) {
      watches.hold(wd);
      const byName = getOr(this.#byWatch, wd, () => new Map());
      getOr(byName, name, () => new Set<Anchor>()).add(anchor);
    }
    // Only now, so that no watch is given up that is still wanted.
    for (const { wd, name } of before) {
      watches.unhold(wd);
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
function hasGone(error: unknown): boolean {
  return isSystemError(error) && VANISHED.has(error.code);
}

function isDirectory(anchor: Anchor, libc: Libc): boolean {
  const { location, path, follows } = anchor;
  try {
    using _ = new OpenDirectory(libc, location, {
      path,
      follow: follows ? "all" : "parents",
    });
    return true;
  } catch (error) {
    if ((error as SystemError).code === "ENOTDIR") return false;
    throw error;
  }
}

/** The names, and the file, whose events are about `anchor`. */
function placesOf({ hops, wd }: Anchor): readonly WatchedHop[] {
  return wd === UNWATCHED ? hops : [...hops, { wd, name: "" }];
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
export interface WatchedHop {
  readonly wd: number;
  readonly name: string;
}

/** A path that was given to the watcher. */
export class Anchor {
  /** The path as it was given, for reports. */
  readonly path: string;
  /** The absolute path. */
  readonly location: string;
  /** Whether to follow it if it is a symbolic link. */
  readonly follows: boolean;
  /** The names on which depends what is there. */
  hops: readonly WatchedHop[] = [];
  /** Whether the last of them is where the path ends. */
  isReached = false;
  /** The directory that is there. */
  root: RootDirectory | undefined;
  /** Whether a file is there, as far as it was told. */
  isFile = false;
  /** The watch of that file, for changes by another of its names. */
  wd = UNWATCHED;
  /**
   * The events that the directory told, and the file is about to repeat: the
   * kernel queues the two one after the other, and a read may come between.
   */
  echo = 0;
  /** When the file repeats them no more, as `performance.now()` has it. */
  echoUntil = 0;

  constructor(path: string, location: string, follows: boolean) {
    this.path = path;
    this.location = location;
    // With a slash behind it, a path is the directory that a link leads to.
    this.follows = follows || location.endsWith("/");
  }
}
