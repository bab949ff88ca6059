/** A map whose keys are entries: a directory and a name. */

import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Directory } from "./node.ts";
import type { WatchTable } from "./watch_table.ts";

/** A map by directory and name. */
export class EntryMap<T> {
  readonly #names = new Map<Directory, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Iterates over the directories of the entries. */
  directories(): MapIterator<Directory> {
    return this.#names.keys();
  }

  /** Iterates over the names in `directory`. */
  namesIn(directory: Directory): string[] {
    return [...this.#names.get(directory)?.keys() ?? []];
  }

  get(directory: Directory, name: string): T | undefined {
    return this.#names.get(directory)?.get(name);
  }

  has(directory: Directory, name: string): boolean {
    return this.#names.get(directory)?.has(name) ?? false;
  }

  hasAnyIn(directory: Directory): boolean {
    return this.#names.has(directory);
  }

  /** Returns whether the entry of `event` is a key. */
  hasOf({ wd, name }: InotifyEvent, watches: WatchTable): boolean {
    if (this.#size === 0) return false;
    for (let at = watches.get(wd); at; at = at.nextAlias) {
      if (this.has(at, name)) return true;
    }
    return false;
  }

  set(directory: Directory, name: string, value: T): void {
    let names = this.#names.get(directory);
    if (names === undefined) this.#names.set(directory, names = new Map());
    if (!names.has(name)) this.#size++;
    names.set(name, value);
  }

  delete(directory: Directory, name: string): void {
    const names = this.#names.get(directory);
    if (!names?.delete(name)) return;
    this.#size--;
    if (names.size === 0) this.#names.delete(directory);
  }

  /** Deletes all entries in `directory`. */
  deleteIn(directory: Directory): void {
    this.#size -= this.#names.get(directory)?.size ?? 0;
    this.#names.delete(directory);
  }

  clear(): void {
    this.#names.clear();
    this.#size = 0;
  }

  *[Symbol.iterator](): Generator<[Directory, string, T]> {
    for (const [directory, names] of this.#names) {
      for (const [name, value] of names) yield [directory, name, value];
    }
  }
}
