/** The paths that were given, and what lies below them. */

import type { Options } from "../arguments/options.ts";

/** Tells which of the kernel's watches are about a path. */
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

  /** Whether `path` itself was given. */
  has(path: string): boolean {
    return this.#paths.has(withoutSlashes(path));
  }

  /** Whether the directory that `path` is in is watched. */
  isWatched(path: string): boolean {
    return this.#depthOf(path) <= this.#depth;
  }

  /** Whether the directory at `path`, which was not given, is watched. */
  isFollowed(path: string): boolean {
    return this.#depthOf(path) < this.#depth;
  }

  /**
   * How far `path` is below the nearest that was given: 1 for its entries, and
   * NaN, which is neither more nor less than anything, for what is below none.
   */
  #depthOf(path: string): number {
    let at = path;
    for (let depth = 1;; depth++) {
      const end = at.lastIndexOf("/");
      if (end < 0) return NaN;
      at = withoutSlashes(at.slice(0, end));
      if (this.#paths.has(at)) return depth;
      // Nothing lies above the root directory, which is "" without its slash.
      if (at === "") return NaN;
    }
  }
}

function withoutSlashes(path: string): string {
  return path.endsWith("/") ? path.replace(/\/+$/, "") : path;
}
