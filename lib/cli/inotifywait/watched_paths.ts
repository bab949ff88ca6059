/** Which directories inotifywait(1) would watch. */

import type { Options } from "../arguments/options.ts";

/** The given paths, and the directories that are watched below them. */
export class WatchedPaths {
  readonly #paths: ReadonlySet<string>;
  readonly #depth: number;

  constructor(
    { paths, recursive, maxDepth }: Pick<
      Options,
      "paths" | "recursive" | "maxDepth"
    >,
  ) {
    this.#paths = new Set(paths.map(withoutSlashes));
    this.#depth = recursive ? maxDepth : 1;
  }

  /** Returns whether `path` itself was given. */
  has(path: string): boolean {
    return this.#paths.has(withoutSlashes(path));
  }

  /** Returns whether the parent directory of `path` is watched. */
  isWatched(path: string): boolean {
    return this.#depthOf(path) <= this.#depth;
  }

  /** Returns whether the directory at `path`, which was not given, is watched. */
  isFollowed(path: string): boolean {
    return this.#depthOf(path) < this.#depth;
  }

  /**
   * Returns how far `path` is below the nearest given path: 1 for its entries. NaN
   * if it is below none; then every comparison is `false`.
   */
  #depthOf(path: string): number {
    let at = path;
    for (let depth = 1;; depth++) {
      const end = at.lastIndexOf("/");
      if (end < 0) return NaN;
      at = withoutSlashes(at.slice(0, end));
      if (this.#paths.has(at)) return depth;
      // The root directory, which is "" without its slash, has no parent.
      if (at === "") return NaN;
    }
  }
}

function withoutSlashes(path: string): string {
  return path.endsWith("/") ? path.replace(/\/+$/, "") : path;
}
