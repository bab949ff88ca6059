/**
 * Moves whose events were lost: after an overflow, the same inode is gone from
 * one place and new at another.
 *
 * Which place is listed first is a matter of chance. So neither is reported
 * before all directories are listed, or an event comes about that name: until
 * then the tree and the consumer agree that nothing has happened to it.
 */

import type { OpenDirectory } from "../kernel/directory.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Libc } from "../kernel/libc.ts";
import type { Inode } from "../kernel/listing.ts";
import { IN } from "../kernel/mask.ts";
import { EntryMap } from "./entry_map.ts";
import { Directory } from "./node.ts";
import { DirectoryOpener } from "./scan.ts";
import type { ScanQueue } from "./scan_queue.ts";
import type { Slice } from "./slice.ts";
import type { WatchTable } from "./watch_table.ts";
import type { WatchTree } from "./watch_tree.ts";

/** What {@linkcode LostMoves} changes. */
export interface LostMovesOptions {
  readonly libc: Libc;
  readonly watches: WatchTable;
  readonly scans: ScanQueue;
  readonly slice: Slice;
  readonly tree: WatchTree;
}

/** An entry that a listing lacks. */
interface Gone {
  readonly directory: Directory;
  readonly name: string;
  readonly inode: Inode;
  /** When the first event may have been lost, in Unix milliseconds. */
  readonly since: number;
}

/** An entry that was not known before. */
interface New {
  readonly inode: Inode;
  readonly isDirectory: boolean;
}

/** The entries that were found gone or new after an overflow. */
export class LostMoves {
  readonly #options: LostMovesOptions;
  readonly #gone = new EntryMap<Gone>();
  readonly #goneByInode = new Map<Inode, Gone>();
  readonly #new = new EntryMap<New>();

  constructor(options: LostMovesOptions) {
    this.#options = options;
  }

  /** Whether nothing is to be reported. */
  get isEmpty(): boolean {
    return this.#gone.size === 0 && this.#new.size === 0;
  }

  /** Whether something is gone that may be elsewhere. */
  get isSearching(): boolean {
    return this.#gone.size > 0;
  }

  /** Whether what has this inode now is gone from another place. */
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

  /** Keeps what is not reported yet out of what `list` changes in `directory`. */
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

  /** Reports what `event` is about, unless that says the same. */
  reportFor({ wd, mask, name }: InotifyEvent): void {
    let next: Directory | undefined;
    for (let at = this.#options.watches.get(wd); at; at = next) {
      next = at.nextAlias;
      if (mask & (IN.DELETE | IN.MOVED_FROM)) this.#forgetGone(at, name);
      if (mask & (IN.CREATE | IN.MOVED_TO)) this.#new.delete(at, name);
      this.#reportNew(at, name);
      this.#reportGone(at, name);
    }
  }

  /** Reports what is in `directory`. */
  reportIn(directory: Directory): void {
    for (const name of this.#gone.namesIn(directory)) {
      this.#reportGone(directory, name);
    }
    for (const name of this.#new.namesIn(directory)) {
      this.#reportNew(directory, name);
    }
  }

  /**
   * Reports all of it, as moves where that is what happened. If this brings new
   * directories, what is gone may be in them, and is left for the next call.
   * Yields when the slice is over.
   */
  *resolve(): Generator<void, void> {
    const { libc, scans, slice } = this.#options;
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
    // The number may have gone to another file meanwhile, and is another's on
    // another file system. On some, a listing has other numbers.
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
    const { scans, tree } = this.#options;
    const entry = source.entries.get(name)!;
    this.#forgetGone(source, name);
    tree.foundMoved(source, name, target, newName);
    if (entry instanceof Directory) {
      scans.add(entry, since);
      return;
    }
    // Its time of change is that of the rename.
    const modifiedAt = places.open(target)?.identityOf(newName)?.modifiedAt;
    if (entry === false && modifiedAt !== undefined && modifiedAt >= since) {
      tree.emitSynthetic("modify", target, newName, false);
    }
  }

  #reportNew(directory: Directory, name: string): void {
    const found = this.#new.get(directory, name);
    if (found === undefined) return;
    this.#new.delete(directory, name);
    if (directory.isRemoved || directory.entries.get(name) !== undefined) {
      return;
    }
    this.#options.tree.foundCreated(directory, name, found.isDirectory);
  }

  #reportGone(directory: Directory, name: string): void {
    if (!this.#forgetGone(directory, name) || directory.isRemoved) return;
    if (directory.entries.get(name) === undefined) return;
    this.#options.tree.foundDeleted(directory, name);
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

/** Directories that are opened to ask for what is in them. */
class Places implements Disposable {
  readonly #opener: DirectoryOpener;
  readonly #open = new Map<Directory, OpenDirectory | undefined>();

  constructor(libc: Libc) {
    this.#opener = new DirectoryOpener(libc);
  }

  /** Opens `directory`, if that can be done. */
  open(directory: Directory): OpenDirectory | undefined {
    if (this.#open.has(directory)) return this.#open.get(directory);
    if (this.#open.size >= MAX_OPEN) this.#close();
    let open: OpenDirectory | undefined;
    try {
      open = this.#opener.open(directory);
    } catch {
      // It is not there any more, and its own scan says so.
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

/** Descriptors are scarce. */
const MAX_OPEN = 16;
