/** Opening the directories of a tree, to watch and list them. */

import { OpenDirectory } from "./directory.ts";
import type { Libc } from "./libc.ts";
import { type Directory, RootDirectory } from "./tree.ts";

/**
 * Opens one directory after the other, each by its name in the one above. That
 * stays open for those beside it: to look up whole paths takes longer.
 */
export class Opener implements Disposable {
  readonly #libc: Libc;
  /** The directory above the last one. */
  #parent: Directory | undefined;
  #base: OpenDirectory | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /**
   * Opens `directory` without following any link, but for those that lead to
   * the root of its tree.
   *
   * @throws {SystemError} With the path of `directory`, whatever is missing.
   */
  open(directory: Directory): OpenDirectory {
    const libc = this.#libc;
    const path = directory.currentPath();
    const { parent } = directory;
    if (parent === undefined) {
      const { location } = directory;
      return new OpenDirectory(libc, location, { path, follow: "all" });
    }
    const base = this.#open(parent, path);
    const { name } = directory;
    return new OpenDirectory(libc, name, { path, follow: "none", base });
  }

  #open(parent: Directory, path: string): OpenDirectory {
    if (this.#base === undefined || this.#parent !== parent) {
      this[Symbol.dispose]();
      this.#base = openAgain(parent, path, this.#libc);
      this.#parent = parent;
    }
    return this.#base;
  }

  [Symbol.dispose](): void {
    this.#base?.[Symbol.dispose]();
    this.#base = undefined;
  }
}

/** Opens a directory by the path on which it was found, to open others in it. */
function openAgain(
  directory: Directory,
  path: string,
  libc: Libc,
): OpenDirectory {
  const { location, root } = directory;
  const isRoot = directory instanceof RootDirectory;
  const place = isRoot ? root.real : location;
  const options = { path, follow: "none", isBase: true } as const;
  if (place.startsWith("/")) return new OpenDirectory(libc, place, options);
  const base = new OpenDirectory(libc, root.location, {
    ...options,
    follow: "all",
  });
  if (isRoot) return base;
  using _ = base;
  return new OpenDirectory(libc, location, { ...options, base });
}
