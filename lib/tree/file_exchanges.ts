/**
 * Finds out whether a file that moved away and back was exchanged: then another file
 * is at the other name, and has to be reported as modified.
 */

import type { Doubts } from "./doubts.ts";
import type { EntryMap } from "./entry_map.ts";
import type { Directory } from "./node.ts";
import type { WatchTree } from "./watch_tree.ts";

/**
 * Two moves of a file, away and back. If another file is at the other name, the file
 * was exchanged with it.
 */
interface FileExchange {
  readonly other: Directory;
  readonly otherName: string;
  /** Where the file is, or another one. */
  readonly target: Directory;
  readonly name: string;
}

/** The files that were moved back, or exchanged. */
export class FileExchanges {
  readonly #parts: { readonly doubts: Doubts; readonly tree: WatchTree };
  #all: FileExchange[] = [];

  constructor(parts: { readonly doubts: Doubts; readonly tree: WatchTree }) {
    this.#parts = parts;
  }

  /** Adds a file. Both names have to be in doubt. */
  add(exchange: FileExchange): void {
    this.#all.push(exchange);
  }

  /** Reports the files that turned out to be other ones: the other name is taken. */
  report(settled: EntryMap<true>): void {
    const { doubts, tree: { events } } = this.#parts;
    this.#all = this.#all.filter(({ other, otherName, target, name }) => {
      if (other.isRemoved || target.isRemoved) return false;
      const isOpen = !settled.has(other, otherName) || doubts.isAbove(target);
      if (isOpen) return true;
      const isExchange = other.entries.get(otherName) === false &&
        target.entries.get(name) === false;
      if (isExchange) events.emitSynthetic("modify", target, name, false);
      return false;
    });
  }

  clear(): void {
    this.#all = [];
  }
}
