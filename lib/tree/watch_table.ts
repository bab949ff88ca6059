/** The watches of one inotify instance, and the directories that have them. */

import { type Directory, FileParent, UNWATCHED } from "./node.ts";

/** Knows which directories have which watch. */
export class WatchTable {
  // An array, because the kernel numbers watches from 1 on.
  readonly #directories: (Directory | undefined)[] = [];
  readonly #files = new Set<FileParent>();
  #size = 0;
  #releasedCount = 0;
  /** How often each watch is retained, by descriptor. */
  readonly #retained = new Map<number, number>();
  readonly #removeWatch: (wd: number) => void;
  /** The watches that became unused since {@linkcode deferReleases}. */
  #unused: Set<number> | undefined;

  /** `release` removes a watch that became unused. */
  constructor(release: (wd: number) => void) {
    this.#removeWatch = release;
  }

  /** How many watches are of directories in the trees. */
  get directoryCount(): number {
    const others = this.#files.keys().filter((each) =>
      this.get(each.wd) === each
    );
    return this.#size - [...others].length;
  }

  /** Whether given files are watched. */
  get hasFiles(): boolean {
    return this.#files.size > 0;
  }

  /** How many watches there are. */
  get size(): number {
    const others = this.#retained.keys().filter((wd) => !this.get(wd));
    return this.#size + [...others].length;
  }

  /** How many watches were removed so far, by this table or by the kernel. */
  get releasedCount(): number {
    return this.#releasedCount;
  }

  /** Returns the first directory with the watch; its aliases follow. */
  get(wd: number): Directory | undefined {
    return this.#directories[wd];
  }

  /** Returns all directories that have the watch. */
  aliases(wd: number): Directory[] {
    const aliases: Directory[] = [];
    for (let at = this.get(wd); at; at = at.nextAlias) aliases.push(at);
    return aliases;
  }

  attach(directory: Directory, wd: number): void {
    if (directory.wd === wd) return;
    this.detach(directory);
    directory.wd = wd;
    let last = this.#directories[wd];
    if (directory instanceof FileParent) {
      this.#files.add(directory);
      // Events are applied to the trees before they are applied to given files.
      while (last?.nextAlias) last = last.nextAlias;
      if (last) {
        last.nextAlias = directory;
        return;
      }
    }
    directory.nextAlias = this.#directories[wd];
    if (directory.nextAlias === undefined) this.#size++;
    this.#directories[wd] = directory;
  }

  detach(directory: Directory): void {
    const { wd, nextAlias } = directory;
    if (wd === UNWATCHED) return;
    if (directory instanceof FileParent) this.#files.delete(directory);
    const first = this.#directories[wd]!;
    if (first !== directory) {
      let before = first;
      while (before.nextAlias !== directory) before = before.nextAlias!;
      before.nextAlias = nextAlias;
    } else if (nextAlias) {
      this.#directories[wd] = nextAlias;
    } else {
      delete this.#directories[wd];
      this.#size--;
    }
    directory.wd = UNWATCHED;
    directory.nextAlias = undefined;
    this.releaseUnused(wd);
  }

  /** Keeps the watch until {@linkcode WatchTable.release} is called as often. */
  retain(wd: number): void {
    this.#retained.set(wd, (this.#retained.get(wd) ?? 0) + 1);
  }

  release(wd: number): void {
    const holds = this.#retained.get(wd);
    if (holds === undefined) return;
    if (holds > 1) this.#retained.set(wd, holds - 1);
    else this.#retained.delete(wd);
    this.releaseUnused(wd);
  }

  /** Removes the watch if it is unused. */
  releaseUnused(wd: number): void {
    if (wd === UNWATCHED) return;
    if (this.#directories[wd] || this.#retained.has(wd)) return;
    if (this.#unused) this.#unused.add(wd);
    else {
      this.#releasedCount++;
      this.#removeWatch(wd);
    }
  }

  /**
   * Removes no watch until the result is disposed of. If two directories exchange
   * their watches, each watch is unused for a moment.
   */
  deferReleases(): Disposable {
    const unused = this.#unused = new Set();
    return {
      [Symbol.dispose]: () => {
        this.#unused = undefined;
        for (const wd of unused) this.releaseUnused(wd);
      },
    };
  }

  /** Called when the kernel has removed the watch. */
  forget(wd: number): void {
    this.#releasedCount++;
    this.#retained.delete(wd);
    let directory = this.#directories[wd];
    if (directory === undefined) return;
    delete this.#directories[wd];
    this.#size--;
    while (directory) {
      const alias: Directory | undefined = directory.nextAlias;
      directory.wd = UNWATCHED;
      directory.nextAlias = undefined;
      directory = alias;
    }
  }
}
