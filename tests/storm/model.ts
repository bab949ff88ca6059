/** A model of a tree made only from events, and the tree on disk. */

import type { WatchEvent } from "../../mod.ts";

/** The paths of a tree, with its root, and whether each is a directory. */
export type Entries = Map<string, boolean>;

/** The entries that a consumer knows if it only applies the events. */
export class Model {
  readonly entries: Entries;
  /** The events that were applied. */
  readonly log: WatchEvent[] = [];
  /** The events that contradict earlier events. */
  readonly anomalies: string[] = [];

  /** Whether entries may be below a link, which is not a directory. */
  readonly #followsLinks: boolean;

  constructor(entries: Entries, followsLinks = false) {
    this.entries = entries;
    this.#followsLinks = followsLinks;
  }

  apply(event: WatchEvent): void {
    this.log.push(event);
    switch (event.type) {
      case "create":
        this.#expect(!this.entries.has(event.path), "is there already");
        this.put(event.path, new Map([["", event.isDirectory]]));
        break;
      case "moved_to":
        this.put(event.path, new Map([["", event.isDirectory]]));
        break;
      case "move": {
        const moved = this.take(event.from);
        this.#expect(moved.has(""), "moved from nowhere");
        this.put(event.path, moved.set("", event.isDirectory));
        break;
      }
      case "delete":
      case "moved_from": {
        const taken = this.take(event.path);
        this.#expect(
          taken.get("") === event.isDirectory,
          `was ${describe(taken.get(""))}`,
        );
        this.#expect(
          event.type === "moved_from" || taken.size <= 1,
          "was not empty",
        );
        break;
      }
      case "overflow":
      case "delete_self":
      case "move_self":
      case "unmount":
      case "unwatched":
        break;
      default: {
        const known = this.entries.get(event.path);
        this.#expect(known === event.isDirectory, `is ${describe(known)}`);
      }
    }
  }

  /** Removes `path` and everything below it; returns the entries, relative to it. */
  take(path: string): Entries {
    const taken: Entries = new Map();
    const prefix = `${path}/`;
    for (const [known, isDirectory] of this.entries) {
      if (known !== path && !known.startsWith(prefix)) continue;
      this.entries.delete(known);
      taken.set(known.slice(path.length), isDirectory);
    }
    return taken;
  }

  /** Puts what {@linkcode take} returned at `path`, replacing what is there. */
  put(path: string, subtree: Entries): void {
    this.take(path);
    const parent = path.slice(0, path.lastIndexOf("/"));
    const known = this.entries.get(parent);
    const isParent = known === true || known === false && this.#followsLinks;
    this.#expect(isParent, "has no parent");
    for (const [below, isDirectory] of subtree) {
      this.entries.set(path + below, isDirectory);
    }
  }

  #expect(condition: boolean, otherwise: string): void {
    if (condition) return;
    const event = JSON.stringify(this.log.at(-1));
    this.anomalies.push(`Event ${this.log.length}, ${event}: ${otherwise}`);
  }
}

/** Returns the entries on disk: `root` and everything below it. */
export function readTree(root: string, entries: Entries = new Map()): Entries {
  entries.set(root, true);
  for (const { name, isDirectory } of Deno.readDirSync(root)) {
    const path = `${root}/${name}`;
    if (isDirectory) readTree(path, entries);
    else entries.set(path, false);
  }
  return entries;
}

/**
 * Does the same, and follows symbolic links to directories, but not to one on its
 * own path.
 */
export function readLinkedTree(root: string): Entries {
  const entries: Entries = new Map([[root, true]]);
  const read = (directory: string, above: readonly string[]) => {
    const { dev, ino } = Deno.statSync(directory);
    const inode = `${dev} ${ino}`;
    if (above.includes(inode)) return;
    for (const { name, isDirectory } of Deno.readDirSync(directory)) {
      const path = `${directory}/${name}`;
      entries.set(path, isDirectory);
      if (leadsToDirectory(path)) read(path, [...above, inode]);
    }
  };
  read(root, []);
  return entries;
}

function leadsToDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    // A link that leads nowhere, or to itself.
    return false;
  }
}

/** Returns how many of the entries are directories. */
export function countDirectories(entries: Entries): number {
  return [...entries.values()].filter(Boolean).length;
}

/** Returns the entries of `a` that are not in `b`, or of another kind there. */
export function difference(a: Entries, b: Entries): string[] {
  return [...a]
    .filter(([path, isDirectory]) => b.get(path) !== isDirectory)
    .map(([path, isDirectory]) => isDirectory ? `${path}/` : path);
}

function describe(isDirectory: boolean | undefined): string {
  if (isDirectory === undefined) return "not there";
  return isDirectory ? "a directory" : "a file";
}
