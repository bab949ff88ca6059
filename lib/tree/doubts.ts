/**
 * Entries of which it is not known what they are until the disk was asked.
 *
 * A directory is the one that its watch says: added once more, it gets the same
 * one wherever it lies.
 */

import { OpenDirectory } from "../kernel/directory.ts";
import type { SystemError } from "../kernel/errno.ts";
import type { WatchHolder } from "../kernel/inotify.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import { STRUCTURE } from "../kernel/mask.ts";
import { EntryMap } from "./entry_map.ts";
import { type Identity, IdentityMatcher } from "./identity_matcher.ts";
import {
  Directory,
  FileParent,
  type RootDirectory,
  UNWATCHED,
} from "./node.ts";
import { DirectoryOpener, isNotFound } from "./scan.ts";
import type { ScanQueue } from "./scan_queue.ts";
import type { RemoteScans } from "./remote_scans.ts";
import type { WatchTable } from "./watch_table.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { WatchTree } from "./watch_tree.ts";

/** Where {@linkcode Doubts} look, and what they change. */
export interface DoubtsOptions {
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  readonly libc: Libc;
  /** The events to ask the kernel for, besides those that the tree needs. */
  readonly mask: number;
  readonly watches: WatchTable;
  readonly scans: ScanQueue;
  readonly lostMoves: LostMoves;
  readonly remote: RemoteScans;
  readonly tree: WatchTree;
}

// Where names change again and again, the disk is believed after so many tries,
// and asked once more about those that have changed since.
const MAX_TRIES = 10;

/** The entries in doubt, and what the disk says of them. */
export class Doubts {
  readonly #options: DoubtsOptions;
  readonly #matcher: IdentityMatcher;
  /** Each with the last event about it. */
  readonly #entries = new EntryMap<InotifyEvent | undefined>();
  /** What the disk said of them. */
  #found: EntryMap<Identity | undefined> | undefined;
  /** Those that events came about after that. */
  readonly #changed = new EntryMap<InotifyEvent>();
  #tries = 0;

  constructor(options: DoubtsOptions) {
    this.#options = options;
    this.#matcher = new IdentityMatcher({ ...options, doubts: this.#entries });
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** How many entries are in doubt. */
  get size(): number {
    return this.#entries.size;
  }

  /** Puts an entry in doubt, of which `last` was the last event. */
  add(directory: Directory, name: string, last?: InotifyEvent): void {
    if (directory instanceof FileParent) {
      this.#options.scans.add(directory);
      return;
    }
    if (this.#options.remote.wasRemote(directory)) {
      this.#rescan(directory, name);
      return;
    }
    if (last === undefined && this.#entries.has(directory, name)) return;
    this.#entries.set(directory, name, last);
    if (last && this.#found?.has(directory, name)) {
      this.#changed.set(directory, name, last);
    }
  }

  /** Takes `directory` out of its place, where another one is by now. */
  displace(directory: Directory): void {
    const { remote, tree } = this.#options;
    this.add(directory.parent!, directory.name);
    if (!remote.wasRemote(directory)) this.#matcher.displace(directory);
    else {
      const { parent, name } = directory;
      if (parent!.entries.get(name) === directory) parent!.delete(name);
      tree.drop(directory);
    }
  }

  /**
   * Has an entry listed on another thread, since the disk may not answer. If it
   * is a directory that came from elsewhere, that looks like a new one.
   */
  #rescan(directory: Directory, name: string): void {
    const { scans } = this.#options;
    scans.add(directory);
    const entry = directory.entries.get(name);
    if (entry instanceof Directory) scans.add(entry);
  }

  /** Whether any entry of `directory` is in doubt. */
  hasAnyIn(directory: Directory): boolean {
    return this.#entries.hasAnyIn(directory);
  }

  /** Whether the entry that `event` is about is in doubt. */
  has(event: InotifyEvent): boolean {
    return this.#entries.hasOf(event, this.#options.watches);
  }

  /** Whether `event` is of an entry in doubt or of something below one. */
  concern(event: InotifyEvent): boolean {
    if (this.has(event)) return true;
    let at = this.#options.watches.get(event.wd);
    while (at && !this.isAbove(at)) at = at.nextAlias;
    return at !== undefined;
  }

  /** Whether it is in doubt where `directory` is. */
  isAbove(directory: Directory): boolean {
    if (this.#matcher.isDisplaced(directory)) return true;
    if (this.isEmpty) return false;
    let at = directory;
    while (at.parent && !this.#entries.has(at.parent, at.name)) at = at.parent;
    return at.parent !== undefined;
  }

  /** Forgets the displaced directories of a tree that is followed no longer. */
  removeRoot(root: RootDirectory): void {
    this.#matcher.dropDisplaced(root);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#entries.clear();
    this.#takeFound();
    this.#matcher.dropDisplaced();
  }

  /**
   * Asks the disk. The events of all that was done in the directories with the
   * watches `locked` until then are queued after that.
   */
  probe(locked: readonly number[]): void {
    const { libc, remote, watches } = this.#options;
    this.#found = new EntryMap();
    using opener = new DirectoryOpener(libc);
    // What turns out to be in doubt meanwhile is asked about the next time, with
    // all that depends on it.
    const asked = new Map<Directory, string[]>();
    for (const directory of [...this.#entries.directories()]) {
      if (directory.isRemoved) this.#entries.deleteIn(directory);
      else if (!this.#matcher.isDisplaced(directory)) {
        asked.set(directory, this.#entries.namesIn(directory));
      }
    }
    for (const wd of locked) {
      const directory = watches.get(wd);
      if (!directory || asked.has(directory)) continue;
      if (!remote.wasRemote(directory)) asked.set(directory, []);
    }
    for (const [directory, names] of asked) {
      this.#probe(directory, names, opener);
    }
  }

  /**
   * Brings the tree and the consumer to what the disk has said; returns the
   * entries that are in doubt no longer.
   */
  settle(): EntryMap<true> | undefined {
    if (!this.#found) return undefined;
    using _ = this.#options.watches.deferReleases();
    const changed = [...this.#changed];
    const found = this.#takeFound();
    const isBelieved = changed.length === 0 || ++this.#tries > MAX_TRIES;
    if (!isBelieved || !this.#matcher.isComplete(found)) return undefined;
    this.#tries = 0;
    for (const [directory, name] of found) {
      this.#options.lostMoves.report(directory, name);
    }
    const settled = this.#matcher.apply(found);
    for (const entry of changed) this.#entries.set(...entry);
    return settled;
  }

  /** What the disk said. The watches of that are kept until here. */
  #takeFound(): EntryMap<Identity | undefined> {
    const found = this.#found ?? new EntryMap();
    this.#found = undefined;
    this.#changed.clear();
    for (const [, , identity] of found) {
      if (identity) this.#options.watches.release(identity.wd);
    }
    return found;
  }

  /** Asks for entries of `directory`. */
  #probe(
    directory: Directory,
    names: readonly string[],
    opener: DirectoryOpener,
  ): void {
    const { inotify, mask, scans, watches } = this.#options;
    try {
      using open = opener.open(directory);
      const wd = open.watch(inotify, STRUCTURE | mask);
      if (wd !== directory.wd) {
        watches.releaseUnused(wd);
        this.#misplace(directory);
        return;
      }
      for (const name of names) {
        this.#found!.set(
          directory,
          name,
          this.#identify(directory, name, open),
        );
      }
      // Who has changed something in it has queued the events of that by then.
      open.lock();
    } catch (error) {
      if (isNotFound(error as SystemError)) this.#misplace(directory);
      else {
        // Nothing can be known of it.
        this.#entries.deleteIn(directory);
        scans.add(directory);
      }
    }
  }

  /** Another directory than this is in its place, or none. */
  #misplace(directory: Directory): void {
    const { parent, name } = directory;
    if (parent) {
      this.add(parent, name);
    } else {
      this.#entries.deleteIn(directory);
      this.#options.scans.add(directory);
    }
  }

  #identify(
    directory: Directory,
    name: string,
    base: OpenDirectory,
  ): Identity | undefined {
    const { inotify, libc, mask, tree } = this.#options;
    const isDirectory = base.isDirectoryAt(name);
    if (isDirectory === undefined) return undefined;
    const isFollowed = isDirectory && tree.followsBelow(directory) &&
      !tree.excludes(directory, name, true);
    if (!isFollowed) return { isDirectory, wd: UNWATCHED };
    const path = directory.currentPath();
    try {
      using open = new OpenDirectory(libc, name, {
        path,
        follow: "none",
        base,
        isBase: true,
      });
      const wd = open.watch(inotify, STRUCTURE | mask);
      // It may be of a directory that is no part of the tree after all.
      this.#options.watches.retain(wd);
      return { isDirectory, wd };
    } catch {
      // A scan of it will say why.
      return { isDirectory, wd: UNWATCHED };
    }
  }
}
