/**
 * Follows symbolic links below the given paths. Each link is followed by every name
 * on its path, as a given path is, and what it leads to is a tree of its own.
 *
 * A link that leads to a directory on its own path is not followed, because the
 * tree would have no end.
 */

import { joinPath } from "../kernel/byte_path.ts";
import { isSystemError, type SystemError } from "../kernel/errno.ts";
import type { Libc } from "../kernel/libc.ts";
import { type FollowedLinks, isInTree } from "../tree/followed_links.ts";
import {
  type Directory,
  type RootDirectory,
  type TreeScope,
  UNWATCHED,
} from "../tree/node.ts";
import { isNotFound } from "../tree/scan.ts";
import type { TreeWatcher } from "../tree/tree_watcher.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import type { Found, PathWatches } from "./path_watches.ts";
import { lookAt } from "./resolve_path.ts";
import { Root } from "./root.ts";

/** Options of {@linkcode Links}. */
export interface LinksOptions {
  readonly libc: Libc;
  readonly treeWatcher: TreeWatcher;
  readonly watches: PathWatches;
  readonly emit: (event: WatchEvent) => void;
}

/** A symbolic link in a tree. */
export class Link extends Root {
  /** The directory that it is in. */
  readonly place: Directory;
  readonly name: string;
  /** The watch of the directory that it leads to. */
  target = UNWATCHED;

  constructor(place: Directory, name: string) {
    super(place.pathOf(name), joinPath(place.absolutePath, name), true);
    this.place = place;
    this.name = name;
  }
}

/** Follows the links in the trees. */
export class Links implements FollowedLinks {
  readonly #options: LinksOptions;
  readonly #links = new Map<Directory, Map<string, Link>>();
  readonly #byTree = new Map<RootDirectory, Link>();
  /** The entries that may be links. */
  readonly #found = new Map<Directory, Set<string>>();
  /** The links that may lead elsewhere. */
  readonly #doubtful = new Set<Link>();

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** Whether there are links to look at. */
  get isBusy(): boolean {
    return this.#found.size > 0 || this.#doubtful.size > 0;
  }

  // Entries

  found(directory: Directory, name: string): void {
    const names = this.#found.get(directory) ?? new Set();
    this.#found.set(directory, names.add(name));
  }

  release(directory: Directory, name: string): void {
    const link = this.#links.get(directory)?.get(name);
    if (link) this.#remove(link, true);
  }

  releaseWithin(directory: Directory): (readonly [Directory, string])[] {
    return this.#removeWithin(directory, true);
  }

  dropWithin(directory: Directory): void {
    this.#removeWithin(directory, false);
  }

  #removeWithin(directory: Directory, isReported: boolean) {
    if (this.#links.size === 0) return [];
    const links = directory.subtree()
      .flatMap((each) => [...this.#links.get(each)?.values() ?? []]);
    for (const link of links) this.#remove(link, isReported);
    return links.map(({ place, name }) => [place, name] as const);
  }

  #remove(link: Link, isReported: boolean): void {
    const { place, name } = link;
    const links = this.#links.get(place);
    if (links?.get(name) !== link) return;
    links.delete(name);
    if (links.size === 0) this.#links.delete(place);
    this.#doubtful.delete(link);
    this.#leave(link, isReported);
    this.#options.watches.release(link);
  }

  // Where they lead

  /** Called if an event says that `link` may lead elsewhere. */
  doubt(link: Link): void {
    this.#doubtful.add(link);
  }

  /** Called after events were lost. */
  doubtAll(): void {
    for (const links of this.#links.values()) {
      for (const link of links.values()) this.#doubtful.add(link);
    }
  }

  /** Looks at what was found, and at what is in doubt. */
  update(): void {
    for (const [directory, names] of this.#found) {
      this.#found.delete(directory);
      for (const name of names) this.#look(directory, name);
    }
    for (const link of this.#doubtful) {
      this.#doubtful.delete(link);
      this.#follow(link);
    }
  }

  /** Called if the directory that a link leads to cannot be scanned. */
  lost(directory: RootDirectory, error: SystemError): void {
    const link = this.#byTree.get(directory);
    if (!link) return;
    this.#leave(link, true);
    if (isNotFound(error)) this.doubt(link);
    else this.#reportUnwatched(link, error);
  }

  /** Called if the file system of that directory was unmounted. */
  unmounted(directory: RootDirectory): void {
    const link = this.#byTree.get(directory);
    if (!link) return;
    this.doubt(link);
    this.#options.treeWatcher.rescan(directory, 0);
  }

  #look(directory: Directory, name: string): void {
    if (!isInTree(directory) || directory.entries.get(name) !== false) return;
    const known = this.#links.get(directory)?.get(name);
    if (known) return this.#follow(known);
    const link = new Link(directory, name);
    if (!this.#mayBeLink(link)) return;
    const links = this.#links.get(directory) ?? new Map<string, Link>();
    this.#links.set(directory, links.set(name, link));
    this.#follow(link);
  }

  /**
   * Returns whether `link` may be one. If its directory was just renamed, another
   * entry may be at its path: it is looked up again after the event of the rename.
   */
  #mayBeLink({ absolutePath, path, place }: Link): boolean {
    const { libc, watches } = this.#options;
    try {
      const { kind } = lookAt(absolutePath, path, libc);
      return kind === "link" || !watches.isAt(place.absolutePath, place.wd);
    } catch {
      return true;
    }
  }

  #follow(link: Link): void {
    const { place, name } = link;
    if (joinPath(place.absolutePath, name) !== link.absolutePath) {
      this.#remove(link, true);
      this.found(place, name);
      return;
    }
    let found: Found;
    try {
      found = this.#options.watches.resolveAndWatch(link);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#leave(link, true);
      this.#reportUnwatched(link, error);
      return;
    }
    const { state, wd } = found;
    const known = link.directory;
    const isDirectory = state === "directory" && !isOnPath(wd, place);
    if (known && isDirectory && link.target === wd) {
      if (known.realPath !== "") {
        known.realPath = joinPath(found.directory, found.name);
      }
      return;
    }
    this.#leave(link, true);
    if (found.error) this.#reportUnwatched(link, found.error);
    const scope = scopeBelow(place);
    if (!isDirectory || scope.depth < 1) return;
    link.unwatched.clear();
    const { path, absolutePath } = link;
    const { treeWatcher } = this.#options;
    link.directory = treeWatcher.addLinked(path, absolutePath, scope, place);
    link.target = wd;
    this.#byTree.set(link.directory, link);
  }

  /** Stops following what `link` led to. */
  #leave(link: Link, isReported: boolean): void {
    const { directory } = link;
    if (!directory) return;
    link.directory = undefined;
    this.#byTree.delete(directory);
    const { treeWatcher } = this.#options;
    if (isReported) treeWatcher.foundRootGone(directory);
    else treeWatcher.remove(directory);
  }

  #reportUnwatched(link: Link, error: SystemError): void {
    const { path, unwatched } = link;
    if (unwatched.has(path)) return;
    unwatched.add(path);
    this.#options.emit({ type: "unwatched", path, error });
  }
}

/** Returns whether `directory`, or one on its path, has the watch. */
function isOnPath(wd: number, directory: Directory): boolean {
  let at: Directory | undefined = directory;
  while (at && at.wd !== wd) at = at.parent ?? at.root.linkedIn;
  return at !== undefined;
}

/** Returns the scope of what a link in `directory` leads to. */
function scopeBelow(directory: Directory): TreeScope {
  const { scope } = directory.root;
  let { depth } = scope;
  for (let at: Directory | undefined = directory; at; at = at.parent) depth--;
  return { ...scope, depth };
}
