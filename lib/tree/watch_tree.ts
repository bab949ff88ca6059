/**
 * The trees, and what the consumer was told of them. The two change together,
 * and only here.
 */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import { type Move, withCookie } from "./move_pairer.ts";
import { IN } from "../kernel/mask.ts";
import { SKIP_MODIFIED_CHECK } from "./scan.ts";
import type { ScanQueue } from "./scan_queue.ts";
import type { Slice } from "./slice.ts";
import type { Listing } from "../kernel/listing.ts";
import type { Entry } from "./entries.ts";
import {
  Directory,
  FileParent,
  RootDirectory,
  type TreeScope,
} from "./node.ts";
import type { UnfollowedDirectories } from "./unfollowed_directories.ts";
import type { WatchTable } from "./watch_table.ts";
import type { EntryEventType, MoveEvent, WatchEvent } from "./watch_event.ts";

/** What is in the picture, and who looks at it. */
export interface WatchTreeOptions {
  readonly watches: WatchTable;
  /** Where directories are put that are new. */
  readonly scans: ScanQueue;
  /** Which entries below a given path are part of its tree. */
  readonly scopeOf: (path: string) => TreeScope;
  readonly slice: Slice;
  readonly unfollowed: UnfollowedDirectories;
  /** Takes the events, in their order. */
  readonly emit: (event: WatchEvent) => void;
}

/** The directories that are followed, and their entries. */
export class WatchTree {
  readonly #options: WatchTreeOptions;
  readonly #roots = new Set<RootDirectory>();
  /** The roots of which nothing is told yet. */
  readonly #muted = new Set<RootDirectory>();
  /** Whether it depends on an entry's path whether it is in the picture. */
  #isLimited = false;
  #hasIgnoreFiles = false;

  constructor(options: WatchTreeOptions) {
    this.#options = options;
  }

  get roots(): ReadonlySet<RootDirectory> {
    return this.#roots;
  }

  get isLimited(): boolean {
    return this.#isLimited;
  }

  /** Whether files in a tree say which entries are no part of it. */
  get hasIgnoreFiles(): boolean {
    return this.#hasIgnoreFiles;
  }

  /** A root, of which nothing is told before {@linkcode WatchTree.unmute}. */
  addRoot(path: string, location: string): RootDirectory {
    const root = new RootDirectory(path, location, this.#options.scopeOf(path));
    const { depth, excludes, ignoreFiles } = root.scope;
    this.#hasIgnoreFiles ||= ignoreFiles !== undefined;
    this.#isLimited ||= depth < Infinity || excludes !== undefined ||
      this.#hasIgnoreFiles;
    this.#roots.add(root);
    this.#muted.add(root);
    this.#options.scans.addFresh(root);
    return root;
  }

  unmute(root: RootDirectory): void {
    this.#muted.delete(root);
  }

  removeRoot(root: RootDirectory): void {
    this.#roots.delete(root);
    this.#muted.delete(root);
    this.drop(root);
  }

  /** The same for a root that has gone, and all below it with it. */
  foundRootGone(root: RootDirectory): void {
    this.foundContentsDeleted(root);
    this.removeRoot(root);
  }

  excludes(directory: Directory, name: string, isDirectory: boolean): boolean {
    const isFiltered = this.#isLimited || directory instanceof FileParent;
    return isFiltered && directory.excludes(name, isDirectory);
  }

  /** Whether directories in `directory` are followed. */
  followsBelow(directory: Directory): boolean {
    return !this.#isLimited || directory.isAboveDepth;
  }

  // What the kernel told

  create(directory: Directory, name: string, isDirectory: boolean): void {
    this.insert(directory, name, isDirectory);
    this.emit("create", directory, name, isDirectory);
  }

  delete(directory: Directory, name: string): void {
    const isDirectory = this.#clear(directory, name);
    this.emit("delete", directory, name, isDirectory);
  }

  /** The entry has left the trees. */
  movedOut(directory: Directory, event: InotifyEvent): void {
    const entry = forget(directory, event.name);
    if (entry instanceof Directory) this.drop(entry);
    this.#emitHalf("moved_from", directory, event);
  }

  /** An entry has come into the trees. */
  movedIn(directory: Directory, event: InotifyEvent): void {
    this.insert(directory, event.name, isDirectoryEvent(event));
    this.#emitHalf("moved_to", directory, event);
  }

  move(source: Directory, target: Directory, { from, to }: Move): void {
    const event = this.#move(source, from.name, target, to.name);
    if (event) this.#options.emit(withCookie(event, to.cookie));
  }

  /** Moves an entry; returns the event for that, unless `target` is muted. */
  #move(
    source: Directory,
    name: string,
    target: Directory,
    newName: string,
  ): MoveEvent | undefined {
    const from = source.pathOf(name);
    const entry = source.entries.get(name)!;
    const isDirectory = entry !== false;
    if (entry instanceof Directory) entry.moveTo(target, newName);
    else target.set(newName, forget(source, name)!);
    if (isDirectory) this.#reconsider(entry, target);
    const path = target.pathOf(newName);
    if (!this.#isMuted(target)) {
      return { type: "move", from, path, isDirectory };
    }
  }

  /** Follows what could not be followed below `directory`, if that is possible. */
  retryWithin(directory: Directory): void {
    const { scans, unfollowed } = this.#options;
    for (const each of unfollowed.within(directory)) {
      scans.add(each, unfollowed.sinceOf(each));
    }
  }

  /** `entry` was moved: what is followed below it depends on where it is. */
  #reconsider(entry: Entry, parent: Directory): void {
    if (entry instanceof Directory) this.retryWithin(entry);
    if (!this.isLimited) return;
    const wasFollowed = entry instanceof Directory;
    const isFollowed = this.followsBelow(parent);
    if (!wasFollowed && !isFollowed) return;
    this.#options.scans.add(
      wasFollowed && isFollowed ? entry : parent,
      SKIP_MODIFIED_CHECK,
    );
  }

  // What a scan found

  foundCreated(directory: Directory, name: string, isDirectory: boolean): void {
    this.insert(directory, name, isDirectory);
    this.emitSynthetic("create", directory, name, isDirectory);
  }

  /**
   * As {@linkcode foundCreated} for all that is in a directory that is new.
   * Where nobody is told of them, only the names of directories are decoded.
   * Yields when the slice is over.
   */
  *setListing(directory: Directory, listing: Listing): Generator<void, void> {
    directory.list(listing);
    const follows = this.followsBelow(directory);
    const isMuted = this.#isMuted(directory);
    if (isMuted && !follows) return;
    const { entries } = directory;
    let count = 0;
    for (let at = listing.start; at < listing.end; at = listing.after(at)) {
      if (++count % 256 === 0 && this.#options.slice.isOver) {
        yield;
        if (directory.isRemoved) return;
      }
      const isDirectory = listing.isDirectoryAt(at);
      if (isMuted && !isDirectory) continue;
      const name = listing.nameAt(at);
      if (this.excludes(directory, name, isDirectory)) {
        entries.setListed(name, null);
        continue;
      }
      if (isDirectory && follows) {
        entries.setListed(name, this.#newDirectory(directory, name));
      }
      if (!isMuted) {
        this.#options.emit(
          syntheticEvent("create", directory, name, isDirectory),
        );
      }
    }
  }

  foundDeleted(directory: Directory, name: string): void {
    const isDirectory = this.#clear(directory, name);
    this.emitSynthetic("delete", directory, name, isDirectory);
  }

  // What the disk said of a name, of which `last` was the last event

  /** Removes an entry, but does not drop it. */
  foundGone(directory: Directory, name: string, last?: InotifyEvent): void {
    const entry = forget(directory, name)!;
    const isDirectory = entry !== false;
    if (isHalf(last, IN.MOVED_FROM, isDirectory)) {
      this.#emitHalf("moved_from", directory, last);
      return;
    }
    if (entry instanceof Directory) this.#emitContentsDeleted(entry);
    this.emitSynthetic("delete", directory, name, isDirectory);
  }

  foundThere(
    directory: Directory,
    name: string,
    isDirectory: boolean,
    last?: InotifyEvent,
  ): void {
    if (isHalf(last, IN.MOVED_TO, isDirectory)) this.movedIn(directory, last);
    else this.foundCreated(directory, name, isDirectory);
  }

  /** A file is there, as was one before `last`; it may be another. */
  foundReplaced(directory: Directory, name: string, last: InotifyEvent): void {
    if (isDirectoryEvent(last)) return;
    if (isHalf(last, IN.MOVED_TO, false)) this.movedIn(directory, last);
    else this.emitSynthetic("modify", directory, name, false);
  }

  foundMoved(
    source: Directory,
    name: string,
    target: Directory,
    newName: string,
  ): void {
    const event = this.#move(source, name, target, newName);
    if (event) this.#options.emit({ ...event, synthetic: true });
  }

  /** A directory is there of which it was reported that it has gone. */
  foundBack(
    entry: Directory,
    directory: Directory,
    name: string,
    last?: InotifyEvent,
  ): void {
    entry.moveTo(directory, name);
    if (isHalf(last, IN.MOVED_TO, true)) {
      this.#emitHalf("moved_to", directory, last);
    } else this.emitSynthetic("create", directory, name, true);
    this.#emitContents(entry);
    this.#reconsider(entry, directory);
  }

  /** Forgets an entry and all below it; whether it was a directory. */
  #clear(directory: Directory, name: string): boolean {
    const entry = forget(directory, name);
    if (entry instanceof Directory) this.foundContentsDeleted(entry);
    return entry !== false;
  }

  /** What was known below `directory` is gone; it is followed no longer. */
  foundContentsDeleted(directory: Directory): void {
    this.#emitContentsDeleted(directory);
    this.drop(directory);
  }

  #emitContentsDeleted(directory: Directory): void {
    for (const each of directory.subtree()) {
      for (const [name, entry] of each.entries) {
        this.emitSynthetic("delete", each, name, entry !== false);
      }
    }
  }

  // The trees alone

  insert(directory: Directory, name: string, isDirectory: boolean): void {
    const isFollowed = isDirectory && this.followsBelow(directory);
    directory.set(
      name,
      isFollowed ? this.#newDirectory(directory, name) : isDirectory,
    );
  }

  #newDirectory(parent: Directory, name: string): Directory {
    const directory = new Directory(parent, name);
    this.#options.scans.addFresh(directory);
    return directory;
  }

  /** Watches `directory` and what lies below it no longer. */
  drop(directory: Directory): void {
    for (const each of directory.subtree()) {
      each.isRemoved = true;
      this.#options.watches.detach(each);
    }
  }

  // The consumer alone

  emit(
    type: EntryEventType,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    if (this.#isMuted(directory)) return;
    const path = directory.pathOf(name);
    this.#options.emit({ type, path, isDirectory });
  }

  #emitHalf(
    type: "moved_from" | "moved_to",
    directory: Directory,
    event: InotifyEvent,
  ): void {
    if (this.#isMuted(directory)) return;
    const path = directory.pathOf(event.name);
    const isDirectory = isDirectoryEvent(event);
    this.#options.emit(withCookie({ type, path, isDirectory }, event.cookie));
  }

  /** Tells what no event of the kernel has told. */
  emitSynthetic(
    type: EntryEventType,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    if (this.#isMuted(directory)) return;
    this.#options.emit(syntheticEvent(type, directory, name, isDirectory));
  }

  #emitContents(directory: Directory): void {
    for (const each of directory.subtree().reverse()) {
      for (const [name, entry] of each.entries) {
        this.emitSynthetic("create", each, name, entry !== false);
      }
    }
  }

  /** Whether nothing is told of it yet, or another root tells the same paths. */
  #isMuted(directory: Directory): boolean {
    if (directory instanceof FileParent) return this.#isReported(directory);
    // To find the root means to go all the way up, for every event.
    if (this.#muted.size === 0 && this.#roots.size < 2) return false;
    const { root } = directory;
    if (this.#muted.has(root)) return true;
    let alias = this.#options.watches.get(root.wd);
    for (; alias; alias = alias.nextAlias) {
      if (alias.parent !== undefined && alias.path === root.path) return true;
    }
    return false;
  }

  /** Whether a tree reports the file by the same path. */
  #isReported(parent: FileParent): boolean {
    const { only } = parent;
    let at = this.#options.watches.get(parent.wd);
    for (; at; at = at.nextAlias) {
      const isSame = !(at instanceof FileParent) &&
        at.pathOf(only) === parent.pathOf(only);
      if (isSame && !this.excludes(at, only, false)) return !this.#isMuted(at);
    }
    return false;
  }
}

/** What no event of the kernel has told. */
function syntheticEvent(
  type: EntryEventType,
  directory: Directory,
  name: string,
  isDirectory: boolean,
): WatchEvent {
  const path = directory.pathOf(name);
  return { type, path, isDirectory, synthetic: true };
}

/** Whether `event` is such a half of a rename. */
function isHalf(
  event: InotifyEvent | undefined,
  half: number,
  isDirectory: boolean,
): event is InotifyEvent {
  return event !== undefined && (event.mask & half) !== 0 &&
    isDirectoryEvent(event) === isDirectory;
}

function forget(directory: Directory, name: string): Entry | undefined {
  const entry = directory.entries.get(name);
  directory.delete(name);
  return entry;
}
