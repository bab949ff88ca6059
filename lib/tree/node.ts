/** What is watched: directories by descriptor, their parents and their names. */

import { joinPath } from "../kernel/byte_path.ts";
import type { Listing } from "../kernel/listing.ts";
import { Entries, type Entry } from "./entries.ts";
import type { EntryRules, IgnoreFiles } from "./ignore_files.ts";

/** The descriptor of a directory that has no watch. */
export const UNWATCHED = -1;

// A rename above a directory makes the path that it has kept a false one. To
// count renames costs nothing; to tell each directory below would.
let renameCount = 0;

// As long as a path that can be looked up. Renames may take a tree deeper than
// that: if each directory kept its path, memory would be the depth squared.
const MAX_CACHED_PATH_LENGTH = 4096;

/** Returns whether a path is one of those that are meant. */
export type PathTest = (path: string, isDirectory: boolean) => boolean;

/** A directory of a watched tree. */
export class Directory {
  /** Its watch. */
  wd = UNWATCHED;
  /** The next directory with the same watch: one inode by another path. */
  nextAlias: Directory | undefined;
  /** Set once it has left the tree. */
  isRemoved = false;
  /** The rules of ignore files, once they were read. */
  rules: EntryRules | undefined;
  parent: Directory | undefined;
  name: string;
  #entries: Entries | undefined;
  #path = "";
  #pathRenameCount = -1;

  constructor(parent: Directory | undefined, name: string) {
    this.parent = parent;
    this.name = name;
  }

  /** The path to report. */
  get path(): string {
    if (this.parent === undefined) return this.name;
    if (this.#pathRenameCount === renameCount) return this.#path;
    const names = [this.name];
    let at = this.parent;
    for (; at.parent && at.#pathRenameCount !== renameCount; at = at.parent) {
      names.push(at.name);
    }
    const above = at.parent ? at.#path : at.name;
    const path = joinPath(above, names.reverse().join("/"));
    if (path.length <= MAX_CACHED_PATH_LENGTH) {
      this.#path = path;
      this.#pathRenameCount = renameCount;
    }
    return path;
  }

  /** The same, built anew: most directories never need it again. */
  currentPath(): string {
    return this.parent ? joinPath(this.parent.path, this.name) : this.name;
  }

  /** The path to report of the entry `name`. */
  pathOf(name: string): string {
    return joinPath(this.path, name);
  }

  /**
   * The path to open: absolute, and without links that lead out of the tree;
   * from its root on, if there is none such.
   */
  get absolutePath(): string {
    const { name, realPath } = this.root;
    return joinPath(realPath, belowRoot(this.currentPath(), name));
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

  /** Takes over `listing`, which has all directories that are followed in it. */
  list(listing: Listing): void {
    if (listing.size === 0) this.#entries = undefined;
    else (this.#entries ??= new Entries(this)).list(listing);
  }

  set(name: string, entry: Entry): void {
    (this.#entries ??= new Entries(this)).set(name, entry);
  }

  delete(name: string): void {
    this.#entries?.delete(name);
    if (this.#entries?.isEmpty) this.#entries = undefined;
  }

  /** Puts it into `parent` as `name`; all that lies below comes along. */
  moveTo(parent: Directory, name: string): void {
    if (this.parent && (this.filter || parent.filter)) {
      for (const { entries } of this.subtree()) entries.freezeFilter();
    }
    const { parent: before } = this;
    if (before?.entries.get(this.name) === this) before.delete(this.name);
    parent.set(name, this);
    this.parent = parent;
    this.name = name;
    renameCount++;
  }

  /** Which entries of it are no part of the tree; undefined if all are. */
  get filter(): PathTest | undefined {
    const { scope: { excludes }, name } = this.root;
    const { rules } = this;
    if (rules === undefined) return excludes;
    return (path, isDirectory) =>
      rules.ignores(belowRoot(path, name), isDirectory) ||
      excludes?.(path, isDirectory) === true;
  }

  /** Returns whether an entry of it is no part of the tree. */
  excludes(name: string, isDirectory: boolean): boolean {
    return this.filter?.(this.pathOf(name), isDirectory) ?? false;
  }

  /** Whether the directories in it are within the depth of its tree. */
  get isAboveDepth(): boolean {
    let left = this.root.scope.depth - 1;
    for (let at = this.parent; at; at = at.parent) left--;
    return left > 0;
  }

  /** Whether it is `other` or lies below it. */
  isWithin(other: Directory): boolean {
    if (this === other) return true;
    let at = this.parent;
    while (at && at !== other) at = at.parent;
    return at !== undefined;
  }

  /** It and every directory below it, parents last. */
  subtree(): Directory[] {
    const all: Directory[] = [this];
    for (const { entries } of all) {
      for (const entry of entries.directories()) all.push(entry);
    }
    return all.reverse();
  }
}

/** Returns the part of `path` below `root`, without a slash before it. */
function belowRoot(path: string, root: string): string {
  const start = path[root.length] === "/" ? root.length + 1 : root.length;
  return path.slice(start);
}

/** Which of the entries below a root are part of its tree. */
export interface TreeScope {
  /** How many levels of directories to follow; 1 is the root alone. */
  readonly depth: number;
  /** Whether an entry is no part of the tree, with everything below it. */
  readonly excludes?: PathTest | undefined;
  /** Reads the files in the tree that say the same. */
  readonly ignoreFiles?: IgnoreFiles | undefined;
}

/** The scope of everything. */
const EVERYTHING: TreeScope = { depth: Infinity };

/** A directory that was given to the watcher: the top of a tree. */
export class RootDirectory extends Directory {
  /** Where `location` led to when last opened; `""` if there is no path for it. */
  realPath: string;
  /** Which entries below are part of the tree. */
  readonly scope: TreeScope;
  readonly #absolutePath: string;

  constructor(path: string, location: string, scope: TreeScope = EVERYTHING) {
    super(undefined, path);
    this.scope = scope;
    this.#absolutePath = location;
    this.realPath = location;
  }

  override get absolutePath(): string {
    return this.#absolutePath;
  }

  override get root(): RootDirectory {
    return this;
  }
}

/**
 * The directory of a file that was given to the watcher. As a part of the trees
 * it has one entry, that file, so that a move of the file is a move like others.
 */
export class FileParent extends RootDirectory {
  /** The name of the file. */
  readonly only: string;
  readonly #filePath: string;

  /** The file that is `only` in the directory `location` is reported as `path`. */
  constructor(path: string, location: string, only: string) {
    super(path.slice(0, path.lastIndexOf("/") + 1), location);
    this.only = only;
    this.#filePath = path;
  }

  override excludes(name: string, isDirectory: boolean): boolean {
    return name !== this.only || isDirectory;
  }

  /** The name is another one than in the path where links lead to the file. */
  override pathOf(name: string): string {
    return name === "" ? this.path : this.#filePath;
  }
}
