/** The given paths of a watcher, below which its filters match. */
export class BasePaths {
  readonly #paths = new Set<string>();

  add(path: string): void {
    this.#paths.add(withoutSlash(path));
  }

  delete(path: string): void {
    this.#paths.delete(withoutSlash(path));
  }

  /**
   * Returns the part of `path` below its given path, with a leading slash; `""` for
   * the given path itself. If several given paths match, the longest one counts.
   */
  below(path: string): string {
    const base = this.baseOf(path);
    if (base === undefined) return toBelow(path);
    return base === path ? "" : toBelow(path.slice(base.length));
  }

  /** Returns the given path of `path`, in the form of {@linkcode keyOf}. */
  baseOf(path: string): string | undefined {
    for (let end = path.length; end >= 0;) {
      const base = path.slice(0, end);
      if (this.#paths.has(base)) return base;
      end = end > 0 ? path.lastIndexOf("/", end - 1) : -1;
    }
  }

  /** Returns the common form of all spellings of a given path. */
  keyOf(path: string): string {
    return withoutSlash(path);
  }

  /** Does the same as {@linkcode below}, without the slash. */
  relative(path: string): string {
    return this.below(path).slice(1);
  }
}

function toBelow(path: string): string {
  let start = 0;
  while (path[start] === "/") start++;
  return start === path.length ? "" : `/${path.slice(start)}`;
}

function withoutSlash(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}
