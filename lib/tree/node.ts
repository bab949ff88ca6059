/** The directories of the watched trees, with their names, parents and entries. */

import { joinPath } from "../kernel/byte_path.ts";
import type { SystemError } from "../kernel/errno.ts";
import type { Listing, Position } from "../kernel/listing.ts";
import { Entries, type Entry } from "./entries.ts";
import type { EntryRules, IgnoreFiles } from "./ignore_files.ts";

/** The descriptor of a directory that has no watch. */
export const UNWATCHED = -1;

/**
 * The time between two renames in a tree. A directory keeps its path for this
 * time: a rename above it changes its path, but does not visit it.
 */
export interface Epoch {
  isOver: boolean;
  /** The last directory whose path was asked for and is a long one. */
  deep?: Directory;
}

// No system call accepts a longer path, but renames can make a tree deeper. If
// every directory kept its path, memory would grow with the square of the depth.
// So of those with a longer path only one keeps it, which had the last event.
const MAX_CACHED_PATH_LENGTH = 4096;

/**
 * The longest path below a root whose directory is followed, in UTF-16 code units.
 * Renames can make paths of any length, and each event has one.
 */
export const MAX_PATH_LENGTH = 65_536;

/** Returns whether a path matches. */
export type PathTest = (path: string, isDirectory: boolean) => boolean;

/** A directory of a watched tree. */
export class Directory {
  /** The descriptor of its watch. */
  wd = UNWATCHED;
  /** The next directory with the same watch: the same inode at another path. */
  nextAlias: Directory | undefined;
  /** Whether it was removed from its tree. */
  isRemoved = false;
  /** The rules of the ignore files, once these are read. */
  rules: EntryRules | undefined;
  parent: Directory | undefined;
  /** Its name, or its position in the listing of the parent. */
  #name: string | Position;
  #entries: Entries | undefined;

  constructor(parent: Directory | undefined, name: string | Position) {
    this.parent = parent;
    this.#name = name;
  }

  get name(): string {
    if (typeof this.#name === "string") return this.#name;
    return this.parent!.entries.nameAt(this.#name);
  }

  /** Its position in the listing of the parent; -1 if it is not there. */
  get position(): Position {
    return typeof this.#name === "string" ? -1 : this.#name;
  }

  /** Sets the name, or its position in the listing of the parent. */
  setName(name: string | Position): void {
    this.#name = name;
  }

  /** The path to report. */
  get path(): string {
    if (this.#hasPath) return this.#entries!.path;
    const names = [this.name];
    let at = this.parent!;
    for (; at.parent && !at.#hasPath; at = at.parent) names.push(at.name);
    const path = joinPath(at.path, names.reverse().join("/"));
    // Directories without entries are many, and rarely asked.
    const { epoch } = at;
    if (!this.#entries || !epoch) return path;
    if (path.length > MAX_CACHED_PATH_LENGTH) {
      if (epoch.deep) epoch.deep.#forgetPath();
      epoch.deep = this;
    }
    this.#entries.path = path;
    this.#entries.epoch = epoch;
    return path;
  }

  /**
   * The directory above which its path gets longer than {@linkcode MAX_PATH_LENGTH}:
   * it or one above it; undefined if its path is not too long.
   */
  get tooDeep(): Directory | undefined {
    if (this.#hasPath && this.path.length <= MAX_PATH_LENGTH) return undefined;
    const above: Directory[] = [this];
    for (let at = this.parent; at?.parent; at = at.parent) above.push(at);
    let length = 0;
    while (above.length > 0) {
      const directory = above.pop()!;
      length += 1 + directory.name.length;
      if (length > MAX_PATH_LENGTH) return directory;
    }
    return undefined;
  }

  get #hasPath(): boolean {
    return this.#entries?.epoch?.isOver === false;
  }

  #forgetPath(): void {
    if (!this.#entries) return;
    this.#entries.path = "";
    this.#entries.epoch = undefined;
  }

  /** The current epoch of its tree, if its path is known. */
  protected get epoch(): Epoch | undefined {
    return this.#entries?.epoch;
  }

  /** Returns {@linkcode path} without keeping it: most directories need it once. */
  currentPath(): string {
    return this.parent ? joinPath(this.parent.path, this.name) : this.path;
  }

  /** Returns the path to report for the entry `name`. */
  pathOf(name: string): string {
    return joinPath(this.path, name);
  }

  /**
   * The path to open. It is absolute, and none of its names is a symbolic link.
   * If the real path of the root is unknown, it is relative to the root.
   */
  get absolutePath(): string {
    const { path, realPath } = this.root;
    return joinPath(realPath, belowRoot(this.currentPath(), path));
  }

  /** The directory at the top of its tree. */
  get root(): RootDirectory {
    let top = this.parent!;
    while (top.parent) top = top.parent;
    return top.root;
  }

  get entries(): Entries {
    return this.#entries ?? Entries.NONE;
  }

  /** Sets the listing, which has all directories that are followed. */
  list(listing: Listing): void {
    if (listing.size > 0) this.#entries ??= new Entries(this);
    this.#entries?.list(listing);
    if (listing.size === 0) this.#entries = undefined;
  }

  set(name: string, entry: Entry): void {
    (this.#entries ??= new Entries(this)).set(name, entry);
  }

  delete(name: string): void {
    this.#entries?.delete(name);
    if (this.#entries?.isEmpty) this.#entries = undefined;
  }

  /** Moves it into `parent` as `name`, with everything below it. */
  moveTo(parent: Directory, name: string): void {
    const { root } = this;
    if (this.filter || parent.filter) {
      for (const { entries } of this.subtree()) entries.freezeFilter();
    }
    const { parent: before } = this;
    if (before?.entries.get(this.name) === this) before.delete(this.name);
    parent.set(name, this);
    this.parent = parent;
    this.#name = name;
    root.endEpoch();
  }

  /** Returns whether an entry is excluded; undefined if none is. */
  get filter(): PathTest | undefined {
    const { scope: { excludes }, path: rootPath } = this.root;
    const { rules } = this;
    if (rules === undefined) return excludes;
    return (path, isDirectory) =>
      rules.ignores(belowRoot(path, rootPath), isDirectory) ||
      excludes?.(path, isDirectory) === true;
  }

  /** Returns whether the entry `name` is excluded from the tree. */
  excludes(name: string, isDirectory: boolean): boolean {
    return this.filter?.(this.pathOf(name), isDirectory) ?? false;
  }

  /** Whether the depth of the tree includes the directories in this one. */
  get isAboveDepth(): boolean {
    let left = this.root.scope.depth - 1;
    for (let at = this.parent; at; at = at.parent) left--;
    return left > 0;
  }

  /** Returns whether it is `other` or below it. */
  isWithin(other: Directory): boolean {
    if (this === other) return true;
    let at = this.parent;
    while (at && at !== other) at = at.parent;
    return at !== undefined;
  }

  /** Returns it and every directory below it, each before its parent. */
  subtree(): Directory[] {
    const all: Directory[] = [this];
    for (const { entries } of all) {
      for (const entry of entries.directories()) all.push(entry);
    }
    return all.reverse();
  }
}

/** Returns the part of `path` below `root`, without a leading slash. */
function belowRoot(path: string, root: string): string {
  const start = path[root.length] === "/" ? root.length + 1 : root.length;
  return path.slice(start);
}

/** Which entries below a root belong to its tree. */
export interface TreeScope {
  /** How many levels of directories to follow; 1 is the root alone. */
  readonly depth: number;
  /** Returns whether an entry is excluded, with everything below it. */
  readonly excludes?: PathTest | undefined;
  /** Reads the files in the tree that exclude entries from it. */
  readonly ignoreFiles?: IgnoreFiles | undefined;
}

/** The scope without limits. */
const EVERYTHING: TreeScope = { depth: Infinity };

/** A directory that was given to the watcher: the top of a tree. */
export class RootDirectory extends Directory {
  /**
   * The path of the directory without symbolic links, when it was last opened;
   * `""` if it is unknown.
   */
  realPath: string;
  /** Which entries below belong to the tree. */
  readonly scope: TreeScope;
  /** The directory of another tree in which a link to it is followed. */
  linkedIn: Directory | undefined;
  /** Whether the call that adds it waits for its tree to be scanned. */
  isBeingAdded = false;
  /** The error that makes this call fail. */
  error: SystemError | undefined;
  readonly #path: string;
  readonly #absolutePath: string;
  #epoch: Epoch = { isOver: false };

  /** `path` is the path to report, and `location` the absolute path to open. */
  constructor(path: string, location: string, scope: TreeScope = EVERYTHING) {
    super(undefined, "");
    this.scope = scope;
    this.#path = path;
    this.#absolutePath = location;
    this.realPath = location;
  }

  override get path(): string {
    return this.#path;
  }

  protected override get epoch(): Epoch {
    return this.#epoch;
  }

  /** Called when a directory of the tree was renamed. */
  endEpoch(): void {
    this.#epoch.isOver = true;
    this.#epoch = { isOver: false };
  }

  override get absolutePath(): string {
    return this.#absolutePath;
  }

  override get root(): RootDirectory {
    return this;
  }
}

/**
 * The directory of a file that was given to the watcher. The file is its only entry
 * in the trees. So a move of the file is a move like any other.
 */
export class FileParent extends RootDirectory {
  /** The name of the file. */
  readonly only: string;
  readonly #filePath: string;

  /** The file `only` in the directory `location` is reported as `path`. */
  constructor(path: string, location: string, only: string) {
    super(path.slice(0, path.lastIndexOf("/") + 1), location);
    this.only = only;
    this.#filePath = path;
  }

  override excludes(name: string, isDirectory: boolean): boolean {
    return name !== this.only || isDirectory;
  }

  // If a symbolic link leads to the file, the given path ends in another name.
  override pathOf(name: string): string {
    return name === "" ? this.path : this.#filePath;
  }
}
