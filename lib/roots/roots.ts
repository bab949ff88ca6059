/**
 * The paths that were given to the watcher, each followed by name wherever that
 * leads: to a directory, which is the tracker's from there on; to a file, which
 * may be replaced; through symbolic links, which may be pointed elsewhere; or
 * to nothing yet.
 */

import { isSystemError, type SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { changedAt } from "../kernel/stat.ts";
import { CONTENT_TYPES, NAME_TYPES } from "../tree/event_types.ts";
import { IN, NAMES, SELF } from "../kernel/mask.ts";
import { withCookie } from "../tree/move_pairer.ts";
import { hasVanished } from "../tree/scan.ts";
import { type Observer, PATIENCE, type Tracker } from "../tree/tree_watcher.ts";
import { type RootDirectory, UNWATCHED } from "../tree/node.ts";
import type { EntryEventType, WatchEvent } from "../tree/watch_event.ts";
import { Anchor, type Found, Ways, type WaysOptions } from "./path_watches.ts";

/** What {@linkcode Anchors} need to know. */
export interface AnchorsOptions extends WaysOptions {
  /** Whether to wait for paths that do not exist. */
  readonly waits: boolean;
  /** Whether to follow a path that is a symbolic link, or to watch the link. */
  readonly follows: boolean;
  readonly tracker: Tracker;
  /** Takes the events, in their order. */
  readonly emit: (event: WatchEvent) => void;
  /** Is told when no path is left, other than by removing the last one. */
  readonly emptied: () => void;
}

/** Follows the paths that were given to a watcher. */
export class Anchors implements Observer {
  readonly #options: AnchorsOptions;
  readonly #ways: Ways;
  readonly #anchors = new Map<string, Anchor>();
  /** Those with an {@linkcode Anchor.echo} since the queue was empty. */
  readonly #echoing = new Set<Anchor>();

  constructor(options: AnchorsOptions) {
    this.#options = options;
    this.#ways = new Ways(options);
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
      const found = this.#ways.reach(anchor);
      if (found === "directory") {
        anchor.root = this.#options.tracker.add(path, location);
      } else if (!this.#options.waits) {
        // Where nothing is, the kernel has the error for it.
        this.#ways.watchFile(anchor);
        anchor.isFile = true;
      } else if (found === "file") {
        this.#ways.watchFileIfThere(anchor);
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
    this.#ways.leave(anchor);
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
    const concerned = this.#ways.concernedBy(event);
    if (concerned === undefined) return;
    for (const anchor of concerned) this.#takeFor(anchor, event);
    if (event.mask & IN.IGNORED) this.#ways.forget(event.wd);
  }

  /** What has no echo by now has none, but for one that is just being queued. */
  foundEmpty(): void {
    if (this.#echoing.size === 0) return;
    const end = performance.now() + PATIENCE;
    for (const anchor of this.#echoing) anchor.echoUntil = end;
    this.#echoing.clear();
  }

  /**
   * Looks at every path again, after events were lost. A file that changed at
   * the time `since`, in Unix milliseconds, or later was modified.
   */
  recheck(since: number): void {
    for (const anchor of this.#anchors.values()) {
      const { wd, location } = anchor;
      this.#update(anchor);
      const isSame = anchor.isFile && anchor.wd === wd;
      if (isSame && changedAt(location, this.#options.libc, anchor) >= since) {
        this.#tellFound("modify", anchor);
      }
    }
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
    // What another file repeats does not come from the one that is there now.
    if (mask & NAMES) anchor.echo = 0;
    if (mask & (IN.CREATE | IN.MOVED_TO)) {
      const isNews = !anchor.isFile || (mask & IN.MOVED_TO) !== 0;
      if (isNews) this.#come(anchor, event, isTold);
    } else if (mask & (IN.DELETE | IN.MOVED_FROM)) {
      if (!anchor.isFile) return;
      anchor.isFile = false;
      this.#ways.unwatchFile(anchor);
      if (!isTold) this.#tellOf(anchor, event, NAME_TYPES);
    } else if (anchor.isFile) {
      if (!isTold) this.#tellOf(anchor, event, CONTENT_TYPES);
      anchor.echo |= mask;
      anchor.echoUntil = Infinity;
      this.#echoing.add(anchor);
    }
  }

  /** A file came, or a link, which may lead anywhere. */
  #come(anchor: Anchor, event: InotifyEvent, isTold: boolean): void {
    const { hops } = anchor;
    this.#attempt(anchor, () => {
      const found = this.#ways.reach(anchor);
      if (anchor.hops !== hops || found === "directory") {
        this.#follow(anchor, found);
        return;
      }
      if (!isTold) this.#tellOf(anchor, event, NAME_TYPES);
      anchor.isFile = true;
      // If it is missing, the event for that is on its way.
      if (found === "file") this.#ways.watchFileIfThere(anchor);
    });
  }

  /** An event of the file itself, by whatever name. */
  #takeOfFile(anchor: Anchor, event: InotifyEvent): void {
    const { mask } = event;
    if (mask & IN.IGNORED) anchor.wd = UNWATCHED;
    const echo = performance.now() < anchor.echoUntil ? anchor.echo : 0;
    this.#tellOf(anchor, { ...event, mask: mask & ~echo }, CONTENT_TYPES);
    anchor.echo = echo & ~mask;
  }

  // What is there

  /** Something on the way has changed. */
  #update(anchor: Anchor): void {
    this.#attempt(anchor, () => this.#follow(anchor, this.#ways.reach(anchor)));
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
      const { wd } = anchor;
      this.#ways.watchFileIfThere(anchor);
      if (!anchor.isFile) this.#tellFound("create", anchor);
      else if (wd !== anchor.wd) this.#tellFound("modify", anchor);
      anchor.isFile = true;
      return;
    }
    if (anchor.isFile) this.#tellFound("delete", anchor);
    anchor.isFile = false;
    this.#ways.unwatchFile(anchor);
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
