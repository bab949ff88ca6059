/** The tree that a consumer has if it applies every event. */

import type { WatchEvent } from "../../mod.ts";

/** The entries of a directory, or a file. */
type Node = Map<string, Node> | null;

/** A tree as nested maps, so that a move takes the same time for any directory. */
export class TreeModel {
  /** The events that contradict earlier events. */
  readonly anomalies: string[] = [];
  /** How many events there were of each kind. */
  readonly counts: Record<string, number> = {};
  readonly #root: string;
  readonly #top = new Map<string, Node>();

  constructor(root: string) {
    this.#root = root;
  }

  apply(event: WatchEvent): void {
    this.counts[event.type] = (this.counts[event.type] ?? 0) + 1;
    if (event.path === undefined || event.path === this.#root) return;
    switch (event.type) {
      case "create":
        this.#put(event.path, event.isDirectory ? new Map() : null, event);
        break;
      case "moved_to":
        this.#put(event.path, event.isDirectory ? new Map() : null);
        break;
      case "delete":
      case "moved_from":
        this.#take(event.path, event);
        break;
      case "move":
        this.#put(event.path, this.#take(event.from, event) ?? null);
        break;
      case "unwatched":
        // The entries below are unknown from now on.
        this.#entriesOf(event.path)?.clear();
    }
  }

  /** Returns the paths below the root; a directory has a slash at its end. */
  paths(): Set<string> {
    const found = new Set<string>();
    const walk = (entries: Map<string, Node>, prefix: string) => {
      for (const [name, below] of entries) {
        const path = prefix + name;
        found.add(below ? `${path}/` : path);
        if (below) walk(below, `${path}/`);
      }
    };
    walk(this.#top, "");
    return found;
  }

  #entriesOf(path: string): Node | undefined {
    let at: Node | undefined = this.#top;
    const below = path.slice(this.#root.length + 1);
    if (below === "") return at;
    for (const name of below.split("/")) at = at?.get(name);
    return at;
  }

  #place(path: string): [Map<string, Node> | undefined, string] {
    const slash = path.lastIndexOf("/");
    const entries = this.#entriesOf(path.slice(0, slash));
    return [entries ?? undefined, path.slice(slash + 1)];
  }

  #put(path: string, node: Node, fresh?: WatchEvent): void {
    const [entries, name] = this.#place(path);
    if (!entries) this.#note(path, "has no parent");
    else if (fresh && entries.has(name)) this.#note(path, "is there already");
    entries?.set(name, node);
  }

  #take(path: string, { type }: WatchEvent): Node | undefined {
    const [entries, name] = this.#place(path);
    const node = entries?.get(name);
    if (node === undefined) this.#note(path, `is not there for ${type}`);
    entries?.delete(name);
    return node;
  }

  #note(path: string, what: string): void {
    if (this.anomalies.length >= 20) return;
    const short = path.length > 200 ? `…${path.slice(-200)}` : path;
    this.anomalies.push(`${short} ${what}`);
  }
}
