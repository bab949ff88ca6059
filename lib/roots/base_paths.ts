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
    for (let end = path.length; end >= 0;) {
      const isGiven = this.#paths.has(path.slice(0, end));
      if (isGiven) return end === path.length ? "" : toBelow(path.slice(end));
      end = end > 0 ? path.lastIndexOf("/", end - 1) : -1;
    }
    return toBelow(path);
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
