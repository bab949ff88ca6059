/** What is watched: directories by descriptor, their parents and their names. */

import { joinPath } from "../kernel/byte_path.ts";

/**
 * What a directory knows of an entry: the {@linkcode Directory} that is
 * followed, or for any other entry whether it is a directory.
 */
export type Entry = Directory | boolean;

/** The descriptor of a directory that has no watch. */
export const UNWATCHED = -1;

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();

// A rename above a directory makes the path that it has kept a false one. To
// count renames costs nothing; to tell each directory below would.
let renameCount = 0;

// As long as a path that can be looked up. Renames may take a tree deeper than
// that: if each directory kept its path, memory would be the depth squared.
const MAX_CACHED_PATH_LENGTH = 4096;

/** A directory of a watched tree. */
export class Directory {
  /** Its watch. */
  wd = UNWATCHED;
  /** The next directory with the same watch: one inode by another path. */
  nextAlias: Directory | undefined;
  /** Set once it has left the tree. */
  isRemoved = false;
  parent: Directory | undefined;
  name: string;
  #entries: Map<string, Entry> | undefined;
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

  /**
   * The path to open: absolute, and without links that lead out of the tree;
   * from its root on, if there is none such.
   */
  get absolutePath(): string {
    const { name, realPath } = this.root;
    const below = this.currentPath().slice(name.length);
    return joinPath(realPath, below.startsWith("/") ? below.slice(1) : below);
  }

  /** The directory at the top of its tree. */
  get root(): RootDirectory {
    let top = this.parent!;
    while (top.parent) top = top.parent;
    return top.root;
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries ?? NO_ENTRIES;
  }

  /** Takes over `entries`, which are nobody else's, in the place of none. */
  setEntries(entries: ReadonlyMap<string, Entry>): void {
    if (entries.size > 0) this.#entries = entries as Map<string, Entry>;
  }

  set(name: string, entry: Entry): void {
    this.#entries ??= new Map();
    this.#entries.set(name, entry);
  }

  delete(name: string): void {
    this.#entries?.delete(name);
    if (this.#entries?.size === 0) this.#entries = undefined;
  }

  /** Puts it into `parent` as `name`; all that lies below comes along. */
  moveTo(parent: Directory, name: string): void {
    parent.set(name, this);
    this.parent = parent;
    this.name = name;
    renameCount++;
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
      for (const entry of entries.values()) {
        if (entry instanceof Directory) all.push(entry);
      }
    }
    return all.reverse();
  }
}

/** A directory that was given to the watcher: the top of a tree. */
export class RootDirectory extends Directory {
  /** Where `location` led to when last opened; `""` if there is no path for it. */
  realPath: string;
  readonly #absolutePath: string;

  constructor(path: string, location: string) {
    super(undefined, path);
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
