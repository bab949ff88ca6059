/**
 * The paths that were given to the watcher, each followed by name wherever that
 * leads: to a directory, which is the tracker's from there on; to a file, which
 * may be replaced; through symbolic links, which may be pointed elsewhere; or
 * to nothing yet.
 */

import { addWatch } from "./add_watch.ts";
import { withCookie } from "./cookie.ts";
import { changedAt, OpenDirectory } from "./directory.ts";
import { isSystemError, type SystemError, VANISHED } from "./errors.ts";
import type { InotifyEvent } from "./event.ts";
import { CONTENT_TYPES, NAME_TYPES } from "./kinds.ts";
import type { Libc } from "./libc.ts";
import { IN, NAMES, SELF, STRUCTURE } from "./mask.ts";
import { toCString } from "./path.ts";
import { type Hop, resolve } from "./resolve.ts";
import { hasVanished } from "./scan.ts";
import type { Observer, Tracker } from "./tracker.ts";
import { type RootDirectory, UNWATCHED, type Watches } from "./tree.ts";
import type { EntryEventType, WatchEvent } from "./watch_event.ts";

/** What {@linkcode Anchors} need to know. */
export interface AnchorsOptions {
  readonly libc: Libc;
  /** The descriptor of the inotify instance. */
  readonly inotify: number;
  /** The events to ask the kernel for, besides those of names. */
  readonly mask: number;
  /** Whether to wait for paths that do not exist. */
  readonly waits: boolean;
  /** Whether to follow a path that is a symbolic link, or to watch the link. */
  readonly follows: boolean;
  readonly tracker: Tracker;
  readonly watches: Watches;
  /** Takes the events, in their order. */
  readonly emit: (event: WatchEvent) => void;
  /** Is told when no path is left, other than by removing the last one. */
  readonly emptied: () => void;
}

/** What a path leads to; `unreachable` if not even its directory is there. */
type Found = "directory" | "file" | "missing" | "unreachable";

/** A name in a watched directory. */
interface WatchedHop {
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
  /** The events that the directory told, and the file is about to repeat. */
  echo = 0;

  constructor(path: string, location: string, follows: boolean) {
    this.path = path;
    this.location = location;
    // With a slash behind it, a path is the directory that a link leads to.
    this.follows = follows || location.endsWith("/");
  }
}

/** How often to look again where things change while one looks. */
const MAX_TRIES = 100;

/** Follows the paths that were given to a watcher. */
export class Anchors implements Observer {
  readonly #options: AnchorsOptions;
  readonly #libc: Libc;
  readonly #anchors = new Map<string, Anchor>();
  /** By a watch and a name in it; by `""` those whose file has the watch. */
  readonly #byWatch = new Map<number, Map<string, Set<Anchor>>>();
  /** Those with an {@linkcode Anchor.echo}. */
  readonly #echoing = new Set<Anchor>();

  constructor(options: AnchorsOptions) {
    this.#options = options;
    this.#libc = options.libc;
    options.tracker.observer = this;
  }

  /** The one for the path that was given as `path`. */
  find(path: string): Anchor | undefined {
    return this.#anchors.get(path);
  }

  /**
   * Follows what is at `location`, or comes there, under the name of `path`.
   *
   * @throws {SystemError} If nothing is there, unless it is to be waited for,
   * or if it cannot be watched.
   */
  add(path: string, location: string): Anchor {
    const anchor = new Anchor(path, location, this.#options.follows);
    this.#anchors.set(path, anchor);
    try {
      const found = this.#reach(anchor);
      if (found === "directory") {
        anchor.root = this.#options.tracker.add(path, location);
      } else if (found === "file" || !this.#options.waits) {
        // Where nothing is, the kernel has the error for it.
        this.#setFile(anchor, this.#watchFile(anchor));
        anchor.isFile = true;
      }
    } catch (error) {
      this.remove(anchor);
      throw error;
    }
    return anchor;
  }

  /** Follows it no longer. */
  remove(anchor: Anchor): void {
    this.#anchors.delete(anchor.path);
    if (anchor.root) this.#options.tracker.remove(anchor.root);
    anchor.root = undefined;
    this.#setFile(anchor, UNWATCHED);
    this.#setHops(anchor, []);
  }

  #lose(anchor: Anchor): void {
    this.remove(anchor);
    if (this.#anchors.size === 0) this.#options.emptied();
  }

  /** Follows what may have come in the place of the directory `root`. */
  lost(root: RootDirectory, error?: SystemError): void {
    const anchor = this.#anchors.get(root.name);
    if (anchor?.root !== root) return;
    const { path } = anchor;
    const { emit } = this.#options;
    anchor.root = undefined;
    if (error && !hasVanished(error)) {
      // It is there, and to look again would fail again.
      emit({ type: "unwatched", path, error });
      this.#lose(anchor);
      return;
    }
    if (error) emit({ type: "delete_self", path });
    if (this.#options.waits || anchor.hops.length > 0) this.#update(anchor);
    else this.#lose(anchor);
  }

  take(event: InotifyEvent): void {
    const byName = this.#byWatch.get(event.wd);
    if (byName === undefined) return;
    if (event.mask & SELF) {
      const all = new Set(byName.values().flatMap((anchors) => anchors));
      for (const anchor of all) this.#takeFor(anchor, event);
    } else {
      const concerned = byName.get(event.name);
      if (concerned) {
        // A copy, since they may come to depend on other names.
        for (const anchor of [...concerned]) this.#takeFor(anchor, event);
      }
    }
    if (event.mask & IN.IGNORED) this.#byWatch.delete(event.wd);
  }

  /** An event of a file always comes with its echo, if it has one. */
  endOfRead(): void {
    for (const anchor of this.#echoing) anchor.echo = 0;
    this.#echoing.clear();
  }

  /**
   * Looks at every path again, after events were lost. A file that changed at
   * the time `since`, in Unix milliseconds, or later was modified.
   */
  recheck(since: number): void {
    for (const anchor of this.#anchors.values()) {
      const { wd } = anchor;
      this.#update(anchor);
      const isSame = anchor.isFile && anchor.wd === wd;
      if (isSame && changedAt(anchor.location, this.#libc) >= since) {
        this.#tellFound("modify", anchor);
      }
    }
  }

  // Names

  /**
   * Watches the names on the way to `anchor`, before it looks at them for the
   * last time, and tells what is there.
   */
  #reach(anchor: Anchor): Found {
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

  /** The watch of the file, unless it is gone again and its event is coming. */
  #watchFileIfThere(anchor: Anchor): number {
    try {
      return this.#watchFile(anchor);
    } catch (error) {
      if (hasGone(error)) return UNWATCHED;
      throw error;
    }
  }

  #watchFile({ location, path, follows }: Anchor): number {
    const flags = IN.DELETE_SELF | (follows ? 0 : IN.DONT_FOLLOW);
    return this.#watch(location, path, this.#options.mask | flags);
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

  // Events

  #takeFor(anchor: Anchor, event: InotifyEvent): void {
    const { mask, wd, name } = event;
    if (anchor.wd === wd) this.#takeOfFile(anchor, event);
    const i = anchor.hops.findIndex((hop) =>
      hop.wd === wd && (hop.name === name || (mask & SELF) !== 0)
    );
    if (i < 0) return;
    const isLast = anchor.isReached && i === anchor.hops.length - 1 &&
      name !== "" && (mask & IN.ISDIR) === 0;
    if (isLast) this.#takeOfName(anchor, event);
    else if (mask & (NAMES | SELF)) this.#update(anchor);
  }

  /** An event of the name that the path ends at. */
  #takeOfName(anchor: Anchor, event: InotifyEvent): void {
    const { mask, wd, name } = event;
    const isTold = this.#options.tracker.tells(anchor.path, wd, name);
    if (mask & (IN.CREATE | IN.MOVED_TO)) {
      const isNews = !anchor.isFile || (mask & IN.MOVED_TO) !== 0;
      if (isNews) this.#come(anchor, event, isTold);
    } else if (mask & (IN.DELETE | IN.MOVED_FROM)) {
      if (!anchor.isFile) return;
      anchor.isFile = false;
      this.#setFile(anchor, UNWATCHED);
      if (!isTold) this.#tellOf(anchor, event, NAME_TYPES);
    } else if (anchor.isFile) {
      if (!isTold) this.#tellOf(anchor, event, CONTENT_TYPES);
      anchor.echo |= mask;
      this.#echoing.add(anchor);
    }
  }

  /** A file came, or a link, which may lead anywhere. */
  #come(anchor: Anchor, event: InotifyEvent, isTold: boolean): void {
    const { hops } = anchor;
    this.#attempt(anchor, () => {
      const found = this.#reach(anchor);
      if (anchor.hops !== hops || found === "directory") {
        this.#follow(anchor, found);
        return;
      }
      if (!isTold) this.#tellOf(anchor, event, NAME_TYPES);
      anchor.isFile = true;
      // If it is missing, the event for that is on its way.
      if (found === "file") {
        this.#setFile(anchor, this.#watchFileIfThere(anchor));
      }
    });
  }

  /** An event of the file itself, by whatever name. */
  #takeOfFile(anchor: Anchor, event: InotifyEvent): void {
    const { mask } = event;
    if (mask & IN.IGNORED) anchor.wd = UNWATCHED;
    const news = { ...event, mask: mask & ~anchor.echo };
    this.#tellOf(anchor, news, CONTENT_TYPES);
    anchor.echo &= ~mask;
  }

  // What is there

  /** Something on the way has changed. */
  #update(anchor: Anchor): void {
    this.#attempt(anchor, () => this.#follow(anchor, this.#reach(anchor)));
  }

  #attempt(anchor: Anchor, follow: () => void): void {
    try {
      follow();
    } catch (error) {
      // Not so for what a filter throws.
      if (!isSystemError(error)) throw error;
      this.#options.emit({ type: "unwatched", path: anchor.path, error });
      this.#lose(anchor);
    }
  }

  /** Brings the consumer to what was found. */
  #follow(anchor: Anchor, found: Found): void {
    const { emit, tracker, waits } = this.#options;
    const { path, location, root } = anchor;
    if (found === "directory" && root) {
      tracker.rescan(root);
      return;
    }
    if (root) {
      tracker.remove(root);
      anchor.root = undefined;
      emit({ type: "delete_self", path });
    }
    if (found === "file") {
      const wd = this.#watchFileIfThere(anchor);
      if (!anchor.isFile) this.#tellFound("create", anchor);
      else if (wd !== anchor.wd) this.#tellFound("modify", anchor);
      anchor.isFile = true;
      this.#setFile(anchor, wd);
      return;
    }
    if (anchor.isFile) this.#tellFound("delete", anchor);
    anchor.isFile = false;
    this.#setFile(anchor, UNWATCHED);
    if (found === "directory") {
      emit({ type: "create", path, isDirectory: true, synthetic: true });
      anchor.root = tracker.add(path, location);
      tracker.unmute(anchor.root);
    } else if (found === "unreachable" && anchor.hops.length === 1 && !waits) {
      // No link leads there that could be pointed elsewhere.
      this.#lose(anchor);
    }
  }

  #tellOf(
    { path }: Anchor,
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
  #tellFound(type: EntryEventType, { path }: Anchor): void {
    this.#options.emit({ type, path, isDirectory: false, synthetic: true });
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
