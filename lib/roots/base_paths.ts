/** The paths that were given to a watcher, from which its filters count. */
export class BasePaths {
  readonly #paths = new Set<string>();

  add(path: string): void {
    this.#paths.add(withoutSlash(path));
  }

  delete(path: string): void {
    this.#paths.delete(withoutSlash(path));
  }

  /**
   * Returns what comes after the given path in `path`, with a slash before it;
   * `""` for the given path itself. Of two given paths, the longer one counts.
   */
  below(path: string): string {
    const base = this.baseOf(path);
    if (base === undefined) return toBelow(path);
    return base === path ? "" : toBelow(path.slice(base.length));
  }

  /** Returns the given path that `path` lies in, as {@linkcode keyOf} has it. */
  baseOf(path: string): string | undefined {
    for (let end = path.length; end >= 0;) {
      const base = path.slice(0, end);
      if (this.#paths.has(base)) return base;
      end = end > 0 ? path.lastIndexOf("/", end - 1) : -1;
    }
  }

  /** Returns a given path in the form that all its spellings share. */
  keyOf(path: string): string {
    return withoutSlash(path);
  }

  /** Returns the same without the slash. */
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
