/** Changes the trees and emits an event for each change, always together. */

import {
  type InotifyEvent,
  isDirectoryEvent,
} from "../kernel/inotify_event.ts";
import { ENAMETOOLONG, systemError } from "../kernel/errno.ts";
import type { Move } from "./move_pairer.ts";
import { IN } from "../kernel/mask.ts";
import { SKIP_MODIFIED_CHECK } from "./scan.ts";
import type { Listing } from "../kernel/listing.ts";
import type { TreeContext } from "./context.ts";
import { Emitter } from "./emitter.ts";
import type { FollowedLinks } from "./followed_links.ts";
import type { Entry } from "./entries.ts";
import {
  Directory,
  FileParent,
  RootDirectory,
  type TreeScope,
} from "./node.ts";

/** The directories that are followed, and their entries. */
export class WatchTree {
  /** Emits events that do not change the tree. */
  readonly events: Emitter;

  readonly #context: TreeContext;
  readonly #roots = new Set<RootDirectory>();
  /** Whether the path of an entry decides whether it belongs to the tree. */
  #isLimited = false;
  #hasIgnoreFiles = false;

  constructor(context: TreeContext) {
    this.#context = context;
    this.events = new Emitter(context, this.#roots);
  }

  get roots(): ReadonlySet<RootDirectory> {
    return this.#roots;
  }

  get isLimited(): boolean {
    return this.#isLimited;
  }

  /** Whether files in any tree exclude entries from it. */
  get hasIgnoreFiles(): boolean {
    return this.#hasIgnoreFiles;
  }

  /** The symbolic links that are followed, if any are. */
  links: FollowedLinks | undefined;

  /** Adds a root, which is muted until {@linkcode Emitter.unmute}. */
  addRoot(path: string, location: string, scope: TreeScope): RootDirectory {
    const root = new RootDirectory(path, location, scope);
    const { depth, excludes, ignoreFiles } = scope;
    this.#hasIgnoreFiles ||= ignoreFiles !== undefined;
    this.#isLimited ||= depth < Infinity || excludes !== undefined ||
      this.#hasIgnoreFiles;
    this.#roots.add(root);
    this.events.mute(root);
    this.#context.scans.addFresh(root);
    return root;
  }

  removeRoot(root: RootDirectory): void {
    this.#roots.delete(root);
    this.events.unmute(root);
    this.drop(root);
  }

  /** Removes a root that is gone, and reports everything below it as deleted. */
  foundRootGone(root: RootDirectory): void {
    this.foundContentsDeleted(root);
    this.removeRoot(root);
  }

  /** Returns whether the entry `name` is excluded from the tree. */
  excludes(directory: Directory, name: string, isDirectory: boolean): boolean {
    const isFiltered = this.#isLimited || directory instanceof FileParent;
    return isFiltered && directory.excludes(name, isDirectory);
  }

  /** Returns whether directories in `directory` are followed. */
  followsBelow(directory: Directory): boolean {
    return !this.#isLimited || directory.isAboveDepth;
  }

  // Changes that the kernel reported

  create(directory: Directory, name: string, isDirectory: boolean): void {
    this.insert(directory, name, isDirectory);
    this.events.emit("create", directory, name, isDirectory);
  }

  delete(directory: Directory, name: string): void {
    const isDirectory = this.#clear(directory, name);
    this.events.emit("delete", directory, name, isDirectory);
  }

  /** Removes an entry that moved out of the trees. */
  movedOut(directory: Directory, event: InotifyEvent): void {
    const entry = this.#forget(directory, event.name);
    if (entry instanceof Directory) this.drop(entry);
    this.events.emitHalf("moved_from", directory, event);
  }

  /** Adds an entry that moved into the trees. */
  movedIn(directory: Directory, event: InotifyEvent): void {
    this.insert(directory, event.name, isDirectoryEvent(event));
    this.events.emitHalf("moved_to", directory, event);
  }

  move(source: Directory, target: Directory, { from, to }: Move): void {
    const move = this.#move(source, from.name, target, to.name);
    this.events.emitMove(target, move, to.cookie);
  }

  #move(source: Directory, name: string, target: Directory, newName: string) {
    const from = source.pathOf(name);
    const entry = source.entries.get(name)!;
    const isDirectory = entry !== false;
    this.links?.release(target, newName);
    if (entry instanceof Directory) {
      const links = this.links?.releaseWithin(entry) ?? [];
      entry.moveTo(target, newName);
      for (const link of links) this.links?.found(...link);
    } else {
      target.set(newName, this.#forget(source, name)!);
      if (!isDirectory) this.links?.found(target, newName);
    }
    if (isDirectory) this.#reconsider(entry, target);
    return { from, path: target.pathOf(newName), isDirectory };
  }

  /** Tries again to follow the unfollowed directories at or below `directory`. */
  retryWithin(directory: Directory): void {
    const { scans, unfollowed } = this.#context;
    for (const each of unfollowed.within(directory)) {
      scans.add(each, unfollowed.sinceOf(each));
    }
  }

  /** Called after `entry` moved: its new path decides what is followed below it. */
  #reconsider(entry: Entry, parent: Directory): void {
    if (entry instanceof Directory) this.retryWithin(entry);
    if (!this.isLimited) return;
    const wasFollowed = entry instanceof Directory;
    const isFollowed = this.followsBelow(parent);
    if (!wasFollowed && !isFollowed) return;
    this.#context.scans.add(
      wasFollowed && isFollowed ? entry : parent,
      SKIP_MODIFIED_CHECK,
    );
  }

  // Changes that a scan found

  foundCreated(directory: Directory, name: string, isDirectory: boolean): void {
    this.insert(directory, name, isDirectory);
    this.events.emitSynthetic("create", directory, name, isDirectory);
  }

  /**
   * Does the same as {@linkcode foundCreated} for everything in a new directory. If
   * the directory is muted, decodes no names without need. Yields at the end of the
   * slice.
   */
  *setListing(directory: Directory, listing: Listing): Generator<void, void> {
    directory.list(listing);
    const follows = this.followsBelow(directory);
    const isMuted = this.events.isMuted(directory);
    if (isMuted && !follows) return;
    const { entries } = directory;
    const { links } = this;
    let count = 0;
    for (let at = listing.start; at < listing.end; at = listing.after(at)) {
      if (++count % 256 === 0 && this.#context.slice.isOver) {
        yield;
        if (directory.isRemoved) return;
      }
      const isDirectory = listing.isDirectoryAt(at);
      if (links && listing.isLinkAt(at)) {
        links.found(directory, listing.nameAt(at));
      }
      if (isMuted && !isDirectory) continue;
      // Only filters and the consumer need the name.
      const name = isMuted && !this.#isLimited ? "" : listing.nameAt(at);
      if (this.#isLimited && this.excludes(directory, name, isDirectory)) {
        entries.exclude(name);
        continue;
      }
      if (isDirectory && follows) {
        const listed = new Directory(directory, at);
        entries.follow(listed);
        this.#context.scans.addListed(listed);
      }
      if (isMuted) continue;
      const path = directory.pathOf(name);
      this.#context.emit({
        type: "create",
        path,
        isDirectory,
        synthetic: true,
      });
    }
  }

  foundDeleted(directory: Directory, name: string): void {
    const isDirectory = this.#clear(directory, name);
    this.events.emitSynthetic("delete", directory, name, isDirectory);
  }

  // Changes at a name that was looked up. `last` is the last event of the name.

  /** Removes an entry, but does not drop it. */
  foundGone(directory: Directory, name: string, last?: InotifyEvent): void {
    const entry = this.#forget(directory, name)!;
    const isDirectory = entry !== false;
    if (isHalf(last, IN.MOVED_FROM, isDirectory)) {
      if (entry instanceof Directory) this.links?.dropWithin(entry);
      this.events.emitHalf("moved_from", directory, last);
      return;
    }
    if (entry instanceof Directory) {
      this.links?.releaseWithin(entry);
      this.events.emitContentsDeleted(entry);
    }
    this.events.emitSynthetic("delete", directory, name, isDirectory);
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

  /** Called if a file is there as before `last`: it may be another file. */
  foundReplaced(directory: Directory, name: string, last: InotifyEvent): void {
    if (isDirectoryEvent(last)) return;
    if (isHalf(last, IN.MOVED_TO, false)) this.movedIn(directory, last);
    else this.foundModified(directory, name);
  }

  /** Called if the file `name` has changed, or is another one. */
  foundModified(directory: Directory, name: string): void {
    this.events.emitSynthetic("modify", directory, name, false);
    this.links?.found(directory, name);
  }

  foundMoved(
    source: Directory,
    name: string,
    target: Directory,
    newName: string,
  ): void {
    const move = this.#move(source, name, target, newName);
    this.events.emitMove(target, { ...move, synthetic: true });
  }

  /** Adds a directory again that was reported as gone. */
  foundBack(
    entry: Directory,
    directory: Directory,
    name: string,
    last?: InotifyEvent,
  ): void {
    entry.moveTo(directory, name);
    if (isHalf(last, IN.MOVED_TO, true)) {
      this.events.emitHalf("moved_to", directory, last);
    } else this.events.emitSynthetic("create", directory, name, true);
    this.events.emitContentsCreated(entry);
    if (this.links) this.#findLinks(entry);
    this.#reconsider(entry, directory);
  }

  /** Removes an entry with everything below it; returns whether it is a directory. */
  #clear(directory: Directory, name: string): boolean {
    const entry = this.#forget(directory, name);
    if (entry instanceof Directory) this.foundContentsDeleted(entry);
    return entry !== false;
  }

  #forget(directory: Directory, name: string): Entry | undefined {
    const entry = directory.entries.get(name);
    if (entry === false) this.links?.release(directory, name);
    directory.delete(name);
    return entry;
  }

  #findLinks(directory: Directory): void {
    for (const each of directory.subtree()) {
      for (const [name, entry] of each.entries) {
        if (entry === false) this.links!.found(each, name);
      }
    }
  }

  /** Stops following `directory`, and reports everything below it as deleted. */
  foundContentsDeleted(directory: Directory): void {
    this.links?.releaseWithin(directory);
    this.events.emitContentsDeleted(directory);
    this.drop(directory);
  }

  // Changes without an event

  insert(directory: Directory, name: string, isDirectory: boolean): void {
    this.links?.release(directory, name);
    if (!isDirectory) this.links?.found(directory, name);
    const isFollowed = isDirectory && this.followsBelow(directory);
    directory.set(
      name,
      isFollowed ? this.#newDirectory(directory, name) : isDirectory,
    );
  }

  #newDirectory(parent: Directory, name: string): Directory {
    const directory = new Directory(parent, name);
    this.#context.scans.addFresh(directory);
    return directory;
  }

  /**
   * If `directory` is too deep for a path, stops watching all directories that are, and
   * reports that. Returns whether it is. They are tried again when a directory above
   * them moves.
   */
  leaveTooDeep(directory: Directory): boolean {
    const top = directory.tooDeep;
    if (top === undefined) return false;
    const { emit, unfollowed, watches } = this.#context;
    for (const each of top.subtree()) watches.detach(each);
    const { path } = top;
    const error = systemError(ENAMETOOLONG, "open", path);
    if (unfollowed.add(top, false)) emit({ type: "unwatched", path, error });
    return true;
  }

  /** Stops watching `directory` and everything below it. */
  drop(directory: Directory): void {
    this.links?.dropWithin(directory);
    for (const each of directory.subtree()) {
      each.isRemoved = true;
      this.#context.watches.detach(each);
    }
  }
}

/** Returns whether `event` is this half of a rename. */
function isHalf(
  event: InotifyEvent | undefined,
  half: number,
  isDirectory: boolean,
): event is InotifyEvent {
  return event !== undefined && (event.mask & half) !== 0 &&
    isDirectoryEvent(event) === isDirectory;
}
