/**
 * The trees, and what the consumer was told of them. The two change together,
 * and only here.
 */

import { type InotifyEvent, isOfDirectory } from "../kernel/inotify_event.ts";
import { type Move, withCookie } from "./move_pairer.ts";
import { joinPath } from "../kernel/byte_path.ts";
import { NEVER, type ScanQueue } from "./scan.ts";
import { Directory, type Entry, RootDirectory, type Watches } from "./node.ts";
import type { EntryEventType, WatchEvent } from "./watch_event.ts";

/** What is in the picture, and who looks at it. */
export interface PictureOptions {
  readonly watches: Watches;
  /** Where directories are put that are new. */
  readonly scans: ScanQueue;
  /** How many levels of directories to follow; 1 is a root without any below. */
  readonly depth: number;
  /** Whether to pass by an entry, and all that lies below it. */
  readonly excludes?:
    | ((path: string, isDirectory: boolean) => boolean)
    | undefined;
  /** Takes the events, in their order. */
  readonly emit: (event: WatchEvent) => void;
}

/** The directories that are followed, and their entries. */
export class Picture {
  readonly #options: PictureOptions;
  readonly #roots = new Set<RootDirectory>();
  /** The roots of which nothing is told yet. */
  readonly #silent = new Set<RootDirectory>();

  constructor(options: PictureOptions) {
    this.#options = options;
  }

  get roots(): ReadonlySet<RootDirectory> {
    return this.#roots;
  }

  /** Whether it depends on an entry's path whether it is in the picture. */
  get #isLimited(): boolean {
    const { depth, excludes } = this.#options;
    return depth < Infinity || excludes !== undefined;
  }

  /** A root, of which nothing is told before {@linkcode Picture.unmute}. */
  addRoot(path: string, location: string): RootDirectory {
    const root = new RootDirectory(path, location);
    this.#roots.add(root);
    this.#silent.add(root);
    this.#options.scans.addFresh(root);
    return root;
  }

  unmute(root: RootDirectory): void {
    this.#silent.delete(root);
  }

  removeRoot(root: RootDirectory): void {
    this.#roots.delete(root);
    this.#silent.delete(root);
    this.drop(root);
  }

  excludes(directory: Directory, name: string, isDirectory: boolean): boolean {
    const { excludes } = this.#options;
    return excludes?.(joinPath(directory.path, name), isDirectory) ?? false;
  }

  /** Whether directories in `directory` are followed. */
  follows(directory: Directory): boolean {
    let { depth } = this.#options;
    if (depth === Infinity) return true;
    for (let at: Directory | undefined = directory; at; at = at.parent) depth--;
    return depth > 0;
  }

  // What the kernel told

  create(directory: Directory, name: string, isDirectory: boolean): void {
    this.enter(directory, name, isDirectory);
    this.tell("create", directory, name, isDirectory);
  }

  delete(directory: Directory, name: string): void {
    const isDirectory = this.#clear(directory, name);
    this.tell("delete", directory, name, isDirectory);
  }

  /** The entry has left the trees. */
  leave(directory: Directory, event: InotifyEvent): void {
    const entry = forget(directory, event.name);
    if (entry instanceof Directory) this.drop(entry);
    this.#tellMoved("moved_from", directory, event);
  }

  /** An entry has come into the trees. */
  arrive(directory: Directory, event: InotifyEvent): void {
    this.enter(directory, event.name, isOfDirectory(event));
    this.#tellMoved("moved_to", directory, event);
  }

  move(source: Directory, target: Directory, { from, to }: Move): void {
    const before = joinPath(source.path, from.name);
    const entry = forget(source, from.name)!;
    const isDirectory = entry !== false;
    if (entry instanceof Directory) entry.place(target, to.name);
    else target.set(to.name, entry);
    if (isDirectory) this.#limit(entry, target);
    if (this.#isSilent(target)) return;
    const path = joinPath(target.path, to.name);
    this.#options.emit(
      withCookie({ type: "move", from: before, path, isDirectory }, to.cookie),
    );
  }

  /** Puts `entry` into `directory`, which is no part of the trees by now. */
  moveIn(entry: Directory, directory: Directory, event: InotifyEvent): void {
    entry.place(directory, event.name);
    this.#tellMoved("moved_to", directory, event);
    this.#tellContents(entry);
    this.#limit(entry, directory);
  }

  /** Looks which of what lies below `entry` is in the picture at its new place. */
  #limit(entry: Entry, parent: Directory): void {
    if (!this.#isLimited) return;
    const wasFollowed = entry instanceof Directory;
    const isFollowed = this.follows(parent);
    if (!wasFollowed && !isFollowed) return;
    this.#options.scans.add(wasFollowed && isFollowed ? entry : parent, NEVER);
  }

  // What a scan found

  appear(directory: Directory, name: string, isDirectory: boolean): void {
    this.enter(directory, name, isDirectory);
    this.tellFound("create", directory, name, isDirectory);
  }

  /** As {@linkcode appear} for all that is in a directory that is new. */
  fill(directory: Directory, entries: ReadonlyMap<string, boolean>): void {
    directory.fill(entries);
    const follows = this.follows(directory);
    const isSilent = this.#isSilent(directory);
    for (const [name, isDirectory] of entries) {
      if (this.excludes(directory, name, isDirectory)) {
        directory.delete(name);
        continue;
      }
      if (isDirectory && follows) this.#follow(directory, name);
      if (!isSilent) {
        this.#options.emit(found("create", directory, name, isDirectory));
      }
    }
  }

  vanish(directory: Directory, name: string): void {
    const isDirectory = this.#clear(directory, name);
    this.tellFound("delete", directory, name, isDirectory);
  }

  /** Forgets an entry and all below it; whether it was a directory. */
  #clear(directory: Directory, name: string): boolean {
    const entry = forget(directory, name);
    if (entry instanceof Directory) this.vanishWithin(entry);
    return entry !== false;
  }

  /** What was known below `directory` is gone; it is followed no longer. */
  vanishWithin(directory: Directory): void {
    for (const each of directory.subtree()) {
      for (const [name, entry] of each.entries) {
        this.tellFound("delete", each, name, entry !== false);
      }
    }
    this.drop(directory);
  }

  // The trees alone

  enter(directory: Directory, name: string, isDirectory: boolean): void {
    if (isDirectory && this.follows(directory)) this.#follow(directory, name);
    else directory.set(name, isDirectory);
  }

  #follow(parent: Directory, name: string): void {
    const directory = new Directory(parent, name);
    parent.set(name, directory);
    this.#options.scans.addFresh(directory);
  }

  /** Watches `directory` and what lies below it no longer. */
  drop(directory: Directory): void {
    for (const each of directory.subtree()) {
      each.gone = true;
      this.#options.watches.detach(each);
    }
  }

  // The consumer alone

  tell(
    type: EntryEventType,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    if (this.#isSilent(directory)) return;
    const path = joinPath(directory.path, name);
    this.#options.emit({ type, path, isDirectory });
  }

  #tellMoved(
    type: "moved_from" | "moved_to",
    directory: Directory,
    event: InotifyEvent,
  ): void {
    if (this.#isSilent(directory)) return;
    const path = joinPath(directory.path, event.name);
    const isDirectory = isOfDirectory(event);
    this.#options.emit(withCookie({ type, path, isDirectory }, event.cookie));
  }

  /** Tells what no event of the kernel has told. */
  tellFound(
    type: EntryEventType,
    directory: Directory,
    name: string,
    isDirectory: boolean,
  ): void {
    if (this.#isSilent(directory)) return;
    this.#options.emit(found(type, directory, name, isDirectory));
  }

  /** Whether the events of `name` in the directory `wd` are told as `path`. */
  tells(path: string, wd: number, name: string): boolean {
    for (let at = this.#options.watches.get(wd); at; at = at.twin) {
      if (!this.#isSilent(at) && joinPath(at.path, name) === path) return true;
    }
    return false;
  }

  #tellContents(directory: Directory): void {
    for (const each of directory.subtree().reverse()) {
      for (const [name, entry] of each.entries) {
        this.tellFound("create", each, name, entry !== false);
      }
    }
  }

  /** Whether nothing is told of it yet, or another root tells the same paths. */
  #isSilent(directory: Directory): boolean {
    // To find the root means to go all the way up, for every event.
    if (this.#silent.size === 0 && this.#roots.size < 2) return false;
    const { root } = directory;
    if (this.#silent.has(root)) return true;
    let twin = this.#options.watches.get(root.wd);
    for (; twin; twin = twin.twin) {
      if (twin.parent !== undefined && twin.path === root.path) return true;
    }
    return false;
  }
}

/** What no event of the kernel has told. */
function found(
  type: EntryEventType,
  directory: Directory,
  name: string,
  isDirectory: boolean,
): WatchEvent {
  const path = joinPath(directory.path, name);
  return { type, path, isDirectory, synthetic: true };
}

function forget(directory: Directory, name: string): Entry | undefined {
  const entry = directory.entries.get(name);
  directory.delete(name);
  return entry;
}
