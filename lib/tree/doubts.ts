/**
 * The entries in doubt: the events do not say which file or directory each is, so
 * it is looked up.
 *
 * A directory is identified by its watch: adding a watch for it again returns the
 * same descriptor, wherever the directory is.
 */

import { OpenDirectory } from "../kernel/directory.ts";
import type { SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { TreeContext } from "./context.ts";
import { EntryMap } from "./entry_map.ts";
import { type Identity, IdentityMatcher } from "./identity_matcher.ts";
import {
  Directory,
  FileParent,
  type RootDirectory,
  UNWATCHED,
} from "./node.ts";
import { DirectoryOpener, isNotFound } from "./scan.ts";
import type { LostMoves } from "./lost_moves.ts";
import type { RemoteScans } from "./remote_scans.ts";
import type { WatchTree } from "./watch_tree.ts";

/** The parts of a tree watcher that {@linkcode Doubts} needs. */
export interface DoubtsParts {
  readonly lostMoves: LostMoves;
  readonly remote: RemoteScans;
  readonly tree: WatchTree;
}

// If names change again and again, what was found is applied after this many tries.
// The names that have changed since are looked up again.
const MAX_TRIES = 10;

/** The entries in doubt, and what was found when they were looked up. */
export class Doubts {
  readonly #context: TreeContext;
  readonly #parts: DoubtsParts;
  readonly #matcher: IdentityMatcher;
  /** Each entry with the last event about it. */
  readonly #entries = new EntryMap<InotifyEvent | undefined>();
  /** What was found at the entries. */
  #found: EntryMap<Identity | undefined> | undefined;
  /** The entries that had an event after they were looked up. */
  readonly #changed = new EntryMap<InotifyEvent>();
  #tries = 0;

  constructor(context: TreeContext, parts: DoubtsParts) {
    this.#context = context;
    this.#parts = parts;
    this.#matcher = new IdentityMatcher(context, {
      tree: parts.tree,
      doubts: this.#entries,
    });
  }

  /** Whether nothing is in doubt, and no directory is without a place. */
  get isEmpty(): boolean {
    return this.#entries.size === 0 && !this.#matcher.hasDisplaced;
  }

  /** How many entries are in doubt. */
  get size(): number {
    return this.#entries.size;
  }

  /** Puts an entry in doubt. `last` is the last event about it. */
  add(directory: Directory, name: string, last?: InotifyEvent): void {
    if (directory instanceof FileParent) {
      this.#context.scans.add(directory);
      return;
    }
    if (this.#parts.remote.wasRemote(directory)) {
      this.#rescan(directory, name);
      return;
    }
    if (last === undefined && this.#entries.has(directory, name)) return;
    this.#entries.set(directory, name, last);
    if (last && this.#found?.has(directory, name)) {
      this.#changed.set(directory, name, last);
    }
  }

  /** Removes `directory` from its place, which another directory has taken. */
  displace(directory: Directory): void {
    const { remote, tree } = this.#parts;
    const { parent, name } = directory;
    this.add(parent!, name);
    if (!remote.wasRemote(directory)) {
      this.#matcher.displace(directory);
      return;
    }
    if (parent!.entries.get(name) === directory) parent!.delete(name);
    tree.drop(directory);
  }

  /**
   * Scans `directory` on another thread: looking up an entry could hang. A directory
   * that moved there is then reported as a new one.
   */
  #rescan(directory: Directory, name: string): void {
    const { scans } = this.#context;
    scans.add(directory);
    const entry = directory.entries.get(name);
    if (entry instanceof Directory) scans.add(entry);
  }

  /** Returns whether any entry of `directory` is in doubt. */
  hasAnyIn(directory: Directory): boolean {
    return this.#entries.hasAnyIn(directory);
  }

  /** Returns whether the entry of `event` is in doubt. */
  has(event: InotifyEvent): boolean {
    return this.#entries.hasOf(event, this.#context.watches);
  }

  /** Returns whether `event` is about an entry in doubt or anything below one. */
  concern(event: InotifyEvent): boolean {
    if (this.has(event)) return true;
    let at = this.#context.watches.get(event.wd);
    while (at && !this.isAbove(at)) at = at.nextAlias;
    return at !== undefined;
  }

  /** Returns whether `directory`, or one above it, is in doubt. */
  isAbove(directory: Directory): boolean {
    if (this.#matcher.isDisplaced(directory)) return true;
    if (this.isEmpty) return false;
    let at = directory;
    while (at.parent && !this.#entries.has(at.parent, at.name)) at = at.parent;
    return at.parent !== undefined;
  }

  /** Forgets the displaced directories of a tree that was removed. */
  removeRoot(root: RootDirectory): void {
    this.#matcher.dropDisplaced(root);
  }

  /** Forgets all entries in doubt. */
  clear(): void {
    this.#entries.clear();
    this.#takeFound();
    this.#matcher.dropDisplaced();
  }

  /**
   * Looks up the entries in doubt. When it returns, the events of all earlier
   * changes in the directories with the watches `locked` are queued.
   */
  probe(locked: readonly number[]): void {
    const { libc, watches } = this.#context;
    const { remote } = this.#parts;
    this.#found = new EntryMap();
    using opener = new DirectoryOpener(libc);
    // Entries that come into doubt meanwhile are looked up the next time, with
    // everything that depends on them.
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
   * Changes the tree to what was found, and emits the difference. Returns the
   * entries that are not in doubt any more.
   */
  settle(): EntryMap<true> | undefined {
    if (!this.#found) return undefined;
    using _ = this.#context.watches.deferReleases();
    const changed = [...this.#changed];
    const found = this.#takeFound();
    const isAccepted = changed.length === 0 || ++this.#tries > MAX_TRIES;
    if (!isAccepted || !this.#matcher.isComplete(found)) return undefined;
    this.#tries = 0;
    for (const [directory, name] of found) {
      this.#parts.lostMoves.report(directory, name);
    }
    const settled = this.#matcher.apply(found);
    for (const entry of changed) this.#entries.set(...entry);
    return settled;
  }

  /** Returns what was found, and releases the watches that identify it. */
  #takeFound(): EntryMap<Identity | undefined> {
    const found = this.#found ?? new EntryMap();
    this.#found = undefined;
    this.#changed.clear();
    for (const [, , identity] of found) {
      if (identity) this.#context.watches.release(identity.wd);
    }
    return found;
  }

  /** Looks up `names` in `directory`. */
  #probe(
    directory: Directory,
    names: readonly string[],
    opener: DirectoryOpener,
  ): void {
    const { inotify, mask, scans, watches } = this.#context;
    try {
      using open = opener.open(directory);
      const wd = open.watch(inotify, mask);
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
      // The kernel queues the events of a change while it holds the lock. So the
      // events of all earlier changes in the directory are queued now.
      open.lock();
    } catch (error) {
      if (isNotFound(error as SystemError)) this.#misplace(directory);
      else {
        // Nothing in it can be looked up.
        this.#entries.deleteIn(directory);
        scans.add(directory);
      }
    }
  }

  /** Called if `directory` is not at its path. */
  #misplace(directory: Directory): void {
    const { parent, name } = directory;
    if (parent) {
      this.add(parent, name);
    } else {
      this.#entries.deleteIn(directory);
      this.#context.scans.add(directory);
    }
  }

  #identify(
    directory: Directory,
    name: string,
    base: OpenDirectory,
  ): Identity | undefined {
    const { inotify, libc, mask, watches } = this.#context;
    const { tree } = this.#parts;
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
      const wd = open.watch(inotify, mask);
      // No directory of the tree may turn out to have this watch.
      watches.retain(wd);
      return { isDirectory, wd };
    } catch {
      // The scan of the directory fails as well, and reports the error.
      return { isDirectory, wd: UNWATCHED };
    }
  }
}
