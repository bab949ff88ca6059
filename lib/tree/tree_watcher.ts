/**
 * Keeps trees of directories in step with the kernel's events, and tells the
 * events with paths.
 *
 * It works in steps that do not wait. Each scans a few directories, and then
 * reads the kernel's queue.
 */

import type { SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Inotify } from "../kernel/inotify.ts";
import { CONTENT_TYPES } from "./event_types.ts";
import type { Libc } from "../kernel/libc.ts";
import { IN } from "../kernel/mask.ts";
import { Picture, type PictureOptions } from "./watch_tree.ts";
import { Renames } from "./move_resolver.ts";
import { NEVER, ScanQueue } from "./scan.ts";
import { Scanner } from "./reconciler.ts";
import { Directory, RootDirectory, type Watches } from "./node.ts";

/** What a {@linkcode Tracker} follows and whom it tells. */
export interface TrackerOptions extends Omit<PictureOptions, "scans"> {
  readonly inotify: Inotify;
  readonly libc: Libc;
  /** The events to ask the kernel for, besides those that the tree needs. */
  readonly mask: number;
  /** Takes what keeps a root from being added; `true` if this is such a thing. */
  readonly fails: (directory: Directory, error: SystemError) => boolean;
}

/** Who looks at the kernel's events beside the tracker, and before it. */
export interface Observer {
  take(event: InotifyEvent): void;
  /** The queue was read until nothing was left. */
  foundEmpty(): void;
  /** Events were lost, the last since then, in Unix milliseconds. */
  recheck(since: number): void;
  /** A root is followed no longer; the error, if that is why. */
  lost(root: RootDirectory, error?: SystemError): void;
}

/** How far the time stamps of files are behind the clock, in milliseconds. */
const CLOCK_TICK = 10;

/** How long to wait for the second half of something, in milliseconds. */
export const PATIENCE = 10;

/** Follows trees of directories on one inotify instance. */
export class Tracker {
  observer: Observer | undefined;

  readonly #options: TrackerOptions;
  readonly #watches: Watches;
  readonly #scans = new ScanQueue();
  readonly #picture: Picture;
  readonly #scanner: Scanner;
  readonly #renames: Renames;
  readonly #unmounted = new Set<Directory>();
  /** When the queue was last found empty, in Unix milliseconds. */
  #emptyAt = Date.now();

  constructor(options: TrackerOptions) {
    this.#options = options;
    const { inotify, watches } = options;
    this.#watches = watches;
    const scans = this.#scans;
    const picture = this.#picture = new Picture({ ...options, scans });
    this.#scanner = new Scanner({
      ...options,
      inotify: inotify.fd,
      scans,
      picture,
      lose: (root, error) => this.#lose(root, error),
    });
    this.#renames = new Renames({
      watches,
      scans,
      picture,
      pass: (event) => this.#apply(event),
      movedRoot: (root) => {
        options.emit({ type: "move_self", path: root.path });
        this.#lose(root);
      },
    });
  }

  /** The path of the directory that was scanned last. */
  get latest(): string {
    return this.#scanner.latest;
  }

  /** Whether there is anything to do, now or if nothing comes. */
  get isBusy(): boolean {
    return this.#scans.size > 0 || this.isUnsettled;
  }

  /** Whether something waits for a later event, or for none to come. */
  get isUnsettled(): boolean {
    return this.#renames.isUnsettled;
  }

  /**
   * Follows the directory at `location`, under the name of `path`. What happens
   * below it is told only from {@linkcode Tracker.unmute} on.
   */
  add(path: string, location: string): RootDirectory {
    return this.#picture.addRoot(path, location);
  }

  /** Tells of `root` what happens from now on. */
  unmute(root: RootDirectory): void {
    this.#picture.unmute(root);
  }

  /** Follows it no longer. */
  remove(root: RootDirectory): void {
    this.#picture.removeRoot(root);
  }

  /** Looks at `root` again, which is now at another place. */
  rescan(root: RootDirectory): void {
    this.#scans.add(root);
  }

  /** Whether something below `root` is still to be looked at. */
  isScanning(root: RootDirectory): boolean {
    return this.#scans.isWithin(root);
  }

  /** Whether it tells the events of `name` in the directory `wd` as `path`. */
  tells(path: string, wd: number, name: string): boolean {
    return this.#picture.tells(path, wd, name);
  }

  /** Does one thing that can be done without waiting; `false` if that was all. */
  step(): boolean {
    const scans = this.#canScan ? this.#scanner.scan() : [];
    const date = Date.now();
    const now = performance.now();
    const events = this.#read(scans.length > 0);
    if (events.length === 0) this.#emptyAt = date;
    this.#scanner.settle(scans, events);
    for (const event of events) {
      this.observer?.take(event);
      if (event.mask & IN.Q_OVERFLOW) this.#overflow();
      else this.#renames.take(event, now);
    }
    if (events.length === 0) this.observer?.foundEmpty();
    if (this.#unmounted.size > 0) this.#leaveUnmounted();
    // Where the queue does not run empty, there is more to wait for, but not
    // for ever.
    const patience = events.length === 0 ? PATIENCE : 10 * PATIENCE;
    if (this.isUnsettled) this.#renames.settle(now - patience);
    if (events.length > 0) return true;
    return this.#canScan;
  }

  get #canScan(): boolean {
    return this.#scans.size > 0 && !this.#renames.isBlocking;
  }

  /** The next events; those that scans came too late for are all among them. */
  #read(isBehindScans: boolean): InotifyEvent[] {
    const { inotify } = this.#options;
    const events = inotify.read();
    while (isBehindScans && inotify.isBehind) {
      for (const event of inotify.read()) events.push(event);
    }
    return events;
  }

  // What no rename is

  #apply(event: InotifyEvent): void {
    let next: Directory | undefined;
    for (let at = this.#watches.get(event.wd); at; at = next) {
      next = at.twin;
      if (event.name === "") this.#applyToSelf(at, event);
      else this.#applyToEntry(at, event);
    }
    if (event.mask & IN.IGNORED) this.#watches.forget(event.wd);
  }

  #applyToEntry(directory: Directory, { mask, name }: InotifyEvent): void {
    const isDirectory = (mask & IN.ISDIR) !== 0;
    const known = directory.entries.get(name);
    if (mask & IN.CREATE) {
      const isNew = known === undefined &&
        !this.#picture.excludes(directory, name, isDirectory);
      if (isNew) this.#picture.create(directory, name, isDirectory);
    } else if (known === undefined || isDirectory !== (known !== false)) {
      // From before the directory was scanned.
    } else if (mask & IN.DELETE) {
      this.#picture.delete(directory, name);
    } else {
      this.#touch(mask, directory, name, isDirectory);
      if (mask & IN.ATTRIB && known instanceof Directory) {
        this.#scanner.retry(known);
      }
    }
  }

  /** An event of the directory itself, which its parent has told of, too. */
  #applyToSelf(directory: Directory, { mask }: InotifyEvent): void {
    if (mask & IN.UNMOUNT) {
      this.#unmounted.add(directory);
    } else if (directory instanceof RootDirectory) {
      if (mask & IN.DELETE_SELF) {
        this.#options.emit({ type: "delete_self", path: directory.path });
      } else if (mask & IN.IGNORED) {
        if (!this.#unmounted.has(directory)) this.#lose(directory);
      } else {
        this.#touch(mask, directory, "", true);
      }
    }
  }

  #touch(
    mask: number,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    const only = CONTENT_TYPES.get(mask & ~IN.ISDIR);
    if (only) return this.#picture.tell(only, directory, name, isDirectory);
    // Several of these bits: truncating a file that is setuid both modifies it
    // and changes its mode.
    for (const [bit, type] of CONTENT_TYPES) {
      if (mask & bit) this.#picture.tell(type, directory, name, isDirectory);
    }
  }

  // What did not come

  #overflow(): void {
    const since = this.#emptyAt - CLOCK_TICK;
    this.#renames.settle();
    this.#options.emit({ type: "overflow" });
    for (const root of this.#picture.roots) this.#scans.add(root, since);
    this.observer?.recheck(since);
  }

  /** Every directory of a file system tells that it is unmounted. */
  #leaveUnmounted(): void {
    for (const directory of this.#unmounted) {
      const { parent, path, gone } = directory;
      if (gone || parent && this.#unmounted.has(parent)) continue;
      this.#options.emit({ type: "unmount", path });
      if (directory instanceof RootDirectory) this.#lose(directory);
      else this.#scans.add(directory, NEVER);
    }
    this.#unmounted.clear();
  }

  #lose(root: RootDirectory, error?: SystemError): void {
    if (!this.#picture.roots.has(root)) return;
    this.remove(root);
    this.observer?.lost(root, error);
  }
}
