/** The watches of one inotify instance, and the directories that have them. */

import { type Directory, FileParent, UNWATCHED } from "./node.ts";

/** The kernel's watches: which directories have them, and who else. */
export class WatchTable {
  /** By watch: the kernel counts them up. */
  readonly #directories: (Directory | undefined)[] = [];
  readonly #files = new Set<FileParent>();
  #size = 0;
  #releasedCount = 0;
  readonly #retained = new Map<number, number>();
  readonly #removeWatch: (wd: number) => void;
  /** Those that seem to be unused, while it is open who has them. */
  #unused: Set<number> | undefined;

  /** `release` is told of a watch that nobody has any more. */
  constructor(release: (wd: number) => void) {
    this.#removeWatch = release;
  }

  /** How many of them are of directories in a tree. */
  get directoryCount(): number {
    const others = this.#files.keys().filter((each) =>
      this.get(each.wd) === each
    );
    return this.#size - [...others].length;
  }

  /** How many there are. */
  get size(): number {
    const others = this.#retained.keys().filter((wd) => !this.get(wd));
    return this.#size + [...others].length;
  }

  /** How many watches have been given up so far, or removed by the kernel. */
  get releasedCount(): number {
    return this.#releasedCount;
  }

  /** The first directory that has the watch; its twins follow it. */
  get(wd: number): Directory | undefined {
    return this.#directories[wd];
  }

  attach(directory: Directory, wd: number): void {
    if (directory.wd === wd) return;
    this.detach(directory);
    directory.wd = wd;
    let last = this.#directories[wd];
    if (directory instanceof FileParent) {
      this.#files.add(directory);
      // The trees come first in the events that are of both.
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

  /** Keeps the watch until as many calls of {@linkcode WatchTable.release}. */
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

  /** Gives up the watch if nobody has it. */
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
   * Gives up no watch before the result is disposed of: what one directory gives
   * up, the next one may have found to be its own.
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

  /** The kernel itself has removed the watch. */
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
