/** What is watched: directories by descriptor, their parents and their names. */

import { joinPath } from "../kernel/byte_path.ts";

/**
 * What a directory knows of an entry: the {@linkcode Directory} that is
 * followed, or for any other entry whether it is a directory.
 */
export type Entry = Directory | boolean;

/** The descriptor of a directory that has no watch. */
export const UNWATCHED = -1;

const NONE: ReadonlyMap<string, Entry> = new Map();

// A rename above a directory makes the path that it has kept a false one. To
// count renames costs nothing; to tell each directory below would.
let renames = 0;

// As long as a path that can be looked up. Renames may take a tree deeper than
// that: if each directory kept its path, memory would be the depth squared.
const MAX_KEPT = 4096;

/** A directory of a watched tree. */
export class Directory {
  /** Its watch. */
  wd = UNWATCHED;
  /** The next directory with the same watch: one inode by another path. */
  twin: Directory | undefined;
  /** Set once it has left the tree. */
  gone = false;
  parent: Directory | undefined;
  name: string;
  #entries: Map<string, Entry> | undefined;
  #path = "";
  #pathOf = -1;

  constructor(parent: Directory | undefined, name: string) {
    this.parent = parent;
    this.name = name;
  }

  /** The path to report. */
  get path(): string {
    if (this.parent === undefined) return this.name;
    if (this.#pathOf === renames) return this.#path;
    const names = [this.name];
    let at = this.parent;
    for (; at.parent && at.#pathOf !== renames; at = at.parent) {
      names.push(at.name);
    }
    const above = at.parent ? at.#path : at.name;
    const path = joinPath(above, names.reverse().join("/"));
    if (path.length <= MAX_KEPT) {
      this.#path = path;
      this.#pathOf = renames;
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
  get location(): string {
    const { name, real } = this.root;
    const below = this.currentPath().slice(name.length);
    return joinPath(real, below.startsWith("/") ? below.slice(1) : below);
  }

  /** The directory at the top of its tree. */
  get root(): RootDirectory {
    let top = this.parent!;
    while (top.parent) top = top.parent;
    return top.root;
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries ?? NONE;
  }

  /** Takes over `entries`, which are nobody else's, in the place of none. */
  fill(entries: ReadonlyMap<string, Entry>): void {
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
  place(parent: Directory, name: string): void {
    parent.set(name, this);
    this.parent = parent;
    this.name = name;
    renames++;
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
  real: string;
  readonly #location: string;

  constructor(path: string, location: string) {
    super(undefined, path);
    this.#location = location;
    this.real = location;
  }

  override get location(): string {
    return this.#location;
  }

  override get root(): RootDirectory {
    return this;
  }
}

/** The kernel's watches: which directories have them, and who else. */
export class Watches {
  /** By watch: the kernel counts them up. */
  readonly #directories: (Directory | undefined)[] = [];
  #size = 0;
  readonly #holds = new Map<number, number>();
  readonly #release: (wd: number) => void;
  /** Those that seem to be unused, while it is open who has them. */
  #unused: Set<number> | undefined;

  /** `release` is told of a watch that nobody has any more. */
  constructor(release: (wd: number) => void) {
    this.#release = release;
  }

  /** How many of them are of directories in a tree. */
  get directories(): number {
    return this.#size;
  }

  /** How many there are. */
  get size(): number {
    const others = this.#holds.keys().filter((wd) => !this.get(wd));
    return this.#size + [...others].length;
  }

  /** The first directory that has the watch; its twins follow it. */
  get(wd: number): Directory | undefined {
    return this.#directories[wd];
  }

  attach(directory: Directory, wd: number): void {
    if (directory.wd === wd) return;
    this.detach(directory);
    directory.wd = wd;
    directory.twin = this.#directories[wd];
    if (directory.twin === undefined) this.#size++;
    this.#directories[wd] = directory;
  }

  detach(directory: Directory): void {
    const { wd, twin } = directory;
    if (wd === UNWATCHED) return;
    const first = this.#directories[wd]!;
    if (first !== directory) {
      let before = first;
      while (before.twin !== directory) before = before.twin!;
      before.twin = twin;
    } else if (twin) {
      this.#directories[wd] = twin;
    } else {
      delete this.#directories[wd];
      this.#size--;
    }
    directory.wd = UNWATCHED;
    directory.twin = undefined;
    this.releaseUnused(wd);
  }

  /** Keeps the watch until as many calls of {@linkcode Watches.unhold}. */
  hold(wd: number): void {
    this.#holds.set(wd, (this.#holds.get(wd) ?? 0) + 1);
  }

  unhold(wd: number): void {
    const holds = this.#holds.get(wd);
    if (holds === undefined) return;
    if (holds > 1) this.#holds.set(wd, holds - 1);
    else this.#holds.delete(wd);
    this.releaseUnused(wd);
  }

  /** Gives up the watch if nobody has it. */
  releaseUnused(wd: number): void {
    if (wd === UNWATCHED) return;
    if (this.#directories[wd] || this.#holds.has(wd)) return;
    if (this.#unused) this.#unused.add(wd);
    else this.#release(wd);
  }

  /** Gives up no watch before the end of `work`, which may come to want it. */
  releaseAfter(work: () => void): void {
    const unused = this.#unused = new Set();
    try {
      work();
    } finally {
      this.#unused = undefined;
      for (const wd of unused) this.releaseUnused(wd);
    }
  }

  /** The kernel itself has removed the watch. */
  forget(wd: number): void {
    this.#holds.delete(wd);
    let directory = this.#directories[wd];
    if (directory === undefined) return;
    delete this.#directories[wd];
    this.#size--;
    while (directory) {
      const twin: Directory | undefined = directory.twin;
      directory.wd = UNWATCHED;
      directory.twin = undefined;
      directory = twin;
    }
  }
}
