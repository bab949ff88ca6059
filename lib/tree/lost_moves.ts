/**
 * Finds moves whose events were lost: after an overflow, an inode is missing at one
 * place and new at another.
 *
 * Either place may be listed first. So neither is reported until all directories
 * are listed, or an event has the name. Until then, neither the tree nor the
 * consumer has the change.
 */

import type { OpenDirectory } from "../kernel/directory.ts";
import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import type { Inode } from "../kernel/listing.ts";
import { IN } from "../kernel/mask.ts";
import type { TreeContext } from "./context.ts";
import { EntryMap } from "./entry_map.ts";
import { Directory } from "./node.ts";
import { DirectoryOpener } from "./scan.ts";
import type { WatchTree } from "./watch_tree.ts";

/** An entry that is missing in a listing. */
interface Gone {
  readonly directory: Directory;
  readonly name: string;
  readonly inode: Inode;
  /** The time from which events may be lost, in Unix milliseconds. */
  readonly since: number;
}

/** An entry that is new in a listing. */
interface New {
  readonly inode: Inode;
  readonly isDirectory: boolean;
}

/** The entries that are missing or new after an overflow. */
export class LostMoves {
  readonly #context: TreeContext;
  readonly #tree: WatchTree;
  readonly #gone = new EntryMap<Gone>();
  readonly #goneByInode = new Map<Inode, Gone>();
  readonly #new = new EntryMap<New>();

  constructor(context: TreeContext, tree: WatchTree) {
    this.#context = context;
    this.#tree = tree;
  }

  /** Whether there is nothing to report. */
  get isEmpty(): boolean {
    return this.#gone.size === 0 && this.#new.size === 0;
  }

  /** Whether a missing entry may be at another place. */
  get isSearching(): boolean {
    return this.#gone.size > 0;
  }

  /** Returns whether an entry with this inode is missing at another place. */
  isSought(inode: Inode): boolean {
    return this.#goneByInode.has(inode);
  }

  addGone(gone: Gone): void {
    this.#gone.set(gone.directory, gone.name, gone);
    this.#goneByInode.set(gone.inode, gone);
  }

  addNew(directory: Directory, name: string, found: New): void {
    this.#new.set(directory, name, found);
  }

  /** Keeps unreported entries of `directory` unchanged while `list` runs. */
  keep(directory: Directory, list: () => void): void {
    const gone = this.#gone.namesIn(directory).map((name) =>
      [name, directory.entries.get(name)] as const
    );
    list();
    for (const [name, entry] of gone) {
      if (entry !== undefined) directory.set(name, entry);
    }
    for (const name of this.#new.namesIn(directory)) directory.delete(name);
  }

  /**
   * Reports the entry of `event`, unless the event reports the same change. Called
   * right before `event` is applied. Events about entries in doubt are applied
   * later, because the path of their directory may be unknown.
   */
  reportFor(event: InotifyEvent): void {
    if (this.isEmpty) return;
    const { wd, mask, name } = event;
    const isDirectory = isDirectoryEvent(event);
    let next: Directory | undefined;
    for (let at = this.#context.watches.get(wd); at; at = next) {
      next = at.nextAlias;
      const known = at.entries.get(name);
      // An event of another kind is older than what is known, and is dropped.
      const isGoing = (mask & (IN.DELETE | IN.MOVED_FROM)) !== 0 &&
        known !== undefined && isDirectory === (known !== false);
      if (isGoing) this.#forgetGone(at, name);
      if (mask & (IN.CREATE | IN.MOVED_TO)) this.#new.delete(at, name);
      this.report(at, name);
    }
  }

  /** Reports the entry `name`. */
  report(directory: Directory, name: string): void {
    this.#reportNew(directory, name);
    this.#reportGone(directory, name);
  }

  /** Reports the entries in `directory`. */
  reportIn(directory: Directory): void {
    if (this.isEmpty) return;
    for (const name of this.#gone.namesIn(directory)) {
      this.#reportGone(directory, name);
    }
    for (const name of this.#new.namesIn(directory)) {
      this.#reportNew(directory, name);
    }
  }

  /**
   * Reports all entries, and moves as moves. If this adds new directories, a
   * missing entry may be in them, and is left for the next call. Yields at the end
   * of the slice.
   */
  *resolve(): Generator<void, void> {
    const { libc, scans, slice } = this.#context;
    {
      using places = new Places(libc);
      for (const [directory, name, found] of this.#new) {
        const gone = this.#goneByInode.get(found.inode);
        if (gone && this.#isMove(gone, { directory, name, found, places })) {
          this.#new.delete(directory, name);
          this.#move(gone, directory, name, places);
        } else {
          this.#reportNew(directory, name);
        }
        if (slice.isOver) yield;
      }
    }
    if (scans.size > 0) return;
    for (const [directory, name] of this.#gone) {
      this.#reportGone(directory, name);
      if (slice.isOver) yield;
    }
  }

  #isMove(
    { directory: source, name, inode, since }: Gone,
    { directory, name: newName, found, places }: {
      directory: Directory;
      name: string;
      found: New;
      places: Places;
    },
  ): boolean {
    const entry = source.entries.get(name);
    if (source.isRemoved || directory.isRemoved || entry === undefined) {
      return false;
    }
    if (found.isDirectory !== (entry !== false)) return false;
    if (directory.entries.get(newName) !== undefined) return false;
    if (entry instanceof Directory && directory.isWithin(entry)) return false;
    // The inode number may belong to another file by now, or to a file on another
    // file system. On some file systems, listings have other numbers than statx(2).
    const identity = places.open(directory)?.identityOf(newName);
    return identity?.inode === inode && identity.bornAt < since &&
      identity.device === places.open(source)?.identityOf("")?.device;
  }

  #move(
    { directory: source, name, since }: Gone,
    target: Directory,
    newName: string,
    places: Places,
  ): void {
    const entry = source.entries.get(name)!;
    this.#forgetGone(source, name);
    this.#tree.foundMoved(source, name, target, newName);
    if (entry instanceof Directory) {
      this.#context.scans.add(entry, since);
      return;
    }
    // Not by the time of change (ctime), which the rename has set.
    const modifiedAt = places.open(target)?.identityOf(newName)?.modifiedAt;
    if (entry === false && modifiedAt !== undefined && modifiedAt >= since) {
      this.#tree.events.emitSynthetic("modify", target, newName, false);
    }
  }

  #reportNew(directory: Directory, name: string): void {
    const found = this.#new.get(directory, name);
    if (found === undefined) return;
    this.#new.delete(directory, name);
    if (directory.isRemoved || directory.entries.get(name) !== undefined) {
      return;
    }
    this.#tree.foundCreated(directory, name, found.isDirectory);
  }

  #reportGone(directory: Directory, name: string): void {
    if (!this.#forgetGone(directory, name) || directory.isRemoved) return;
    if (directory.entries.get(name) === undefined) return;
    this.#tree.foundDeleted(directory, name);
  }

  #forgetGone(directory: Directory, name: string): boolean {
    const gone = this.#gone.get(directory, name);
    if (gone === undefined) return false;
    this.#gone.delete(directory, name);
    if (this.#goneByInode.get(gone.inode) === gone) {
      this.#goneByInode.delete(gone.inode);
    }
    return true;
  }
}

/** Keeps directories open, in order to look up entries in them. */
class Places implements Disposable {
  readonly #opener: DirectoryOpener;
  readonly #open = new Map<Directory, OpenDirectory | undefined>();

  constructor(libc: Libc) {
    this.#opener = new DirectoryOpener(libc);
  }

  /** Opens `directory`, if possible. */
  open(directory: Directory): OpenDirectory | undefined {
    if (this.#open.has(directory)) return this.#open.get(directory);
    if (this.#open.size >= MAX_OPEN) this.#close();
    let open: OpenDirectory | undefined;
    try {
      open = this.#opener.open(directory);
    } catch {
      // The directory is gone, and its own scan reports that.
    }
    this.#open.set(directory, open);
    return open;
  }

  [Symbol.dispose](): void {
    this.#close();
    this.#opener[Symbol.dispose]();
  }

  #close(): void {
    for (const open of this.#open.values()) open?.[Symbol.dispose]();
    this.#open.clear();
  }
}

/** The most directories to keep open, because descriptors are scarce. */
const MAX_OPEN = 16;
