/** The cases of the small scope: all of a kind, and random ones. */

import type { Random } from "../support/random.ts";
import type { Case } from "./small_scope.ts";

const NAMES = ["a", "b", "c"];
/** How many levels of names there may be below `r` and `o`. */
const DEPTH = { r: 3, o: 1 };

/** A file or a link is `null`, a directory has its entries by name. */
type Tree = { [name: string]: Tree | null };

/** The entries of a small tree, which determine the possible operations. */
class Disk {
  readonly #top: Tree = { r: {}, o: {} };

  constructor(start: readonly string[]) {
    for (const path of start) {
      let at = this.#top;
      const names = path.split("/");
      for (const [i, name] of names.entries()) {
        if (name === "") break;
        if (i < names.length - 1) at = (at[name] ??= {})!;
        else at[name] = null;
      }
    }
  }

  /** Yields the possible operations of `kind`, on all paths. */
  *operations(kind: string): Generator<string> {
    const entries = [...this.#entries()];
    const free = [...this.#free()];
    switch (kind) {
      case "create":
      case "mkdir":
        for (const path of free) yield `${kind} ${path}`;
        break;
      case "rm":
        for (const [path] of entries) yield `rm ${path}`;
        break;
      case "flip":
        for (const [path, entry] of entries) {
          if (entry === null) yield `flip ${path}`;
        }
        break;
      case "link":
        for (const [path, entry] of entries) {
          if (entry !== null) continue;
          for (const target of free) yield `link ${path} ${target}`;
        }
        break;
      case "mv":
        for (const [path, entry] of entries) {
          for (const target of free) {
            if (!isWithin(target, path)) yield `mv ${path} ${target}`;
          }
          for (const [target, over] of entries) {
            if (isWithin(target, path) || isWithin(path, target)) continue;
            const isEmpty = over === null || Object.keys(over).length === 0;
            if ((entry === null) === (over === null) && isEmpty) {
              yield `mv ${path} ${target}`;
            }
          }
        }
        break;
      case "xchg":
        for (const [path] of entries) {
          for (const [other] of entries) {
            if (isWithin(other, path) || isWithin(path, other)) continue;
            yield `xchg ${path} ${other}`;
          }
        }
    }
  }

  /** Applies an operation that {@linkcode operations} has yielded. */
  perform(operation: string): void {
    const [kind, path = "", target = ""] = operation.split(" ");
    const [parent, name] = this.#find(path);
    const [other, otherName] = this.#find(target);
    const entry = parent[name]!;
    if (kind === "create") parent[name] = null;
    if (kind === "mkdir") parent[name] = {};
    if (kind === "link") other[otherName] = null;
    if (kind === "rm") delete parent[name];
    if (kind === "mv") {
      delete parent[name];
      other[otherName] = entry;
    }
    if (kind === "xchg") {
      parent[name] = other[otherName]!;
      other[otherName] = entry;
    }
  }

  #find(path: string): [Tree, string] {
    const names = path.split("/");
    const name = names.pop()!;
    return [names.reduce((at, name) => at[name]!, this.#top), name];
  }

  *#entries(
    tree = this.#top,
    prefix = "",
  ): Generator<[path: string, Tree | null]> {
    for (const [name, entry] of Object.entries(tree)) {
      const path = prefix + name;
      if (prefix !== "") yield [path, entry];
      if (entry) yield* this.#entries(entry, `${path}/`);
    }
  }

  /** Yields the first free name of each directory: other names are equivalent. */
  *#free(): Generator<string> {
    const directories = [...this.#entries()].filter(([, entry]) => entry);
    for (
      const [path, entry] of [...Object.entries(this.#top), ...directories]
    ) {
      const depth = DEPTH[path[0] as "r" | "o"];
      if (path.split("/").length > depth) continue;
      const name = NAMES.find((name) => !(name in entry!));
      if (name) yield `${path}/${name}`;
    }
  }
}

/** Returns whether `path` is `other` or below it. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

/** The operations, each as often as its weight. */
const MIX = [
  ..."create mkdir rm link flip".split(" "),
  ...Array(4).fill("mv"),
  ...Array(5).fill("xchg"),
];
const KINDS = [...new Set<string>(MIX)];

/** Yields every sequence of `length` operations on `start`. */
export function* everyCase(
  start: readonly string[],
  length: number,
  operations: readonly string[] = [],
): Generator<Case> {
  if (length === 0) {
    yield { start, operations };
    return;
  }
  const disk = new Disk(start);
  for (const operation of operations) disk.perform(operation);
  for (const operation of KINDS.flatMap((kind) => [...disk.operations(kind)])) {
    yield* everyCase(start, length - 1, [...operations, operation]);
  }
}

/** Yields `given` with a read at each place. */
export function* withReads(given: Case): Generator<Case> {
  yield given;
  for (let i = 1; i < given.operations.length; i++) {
    yield { ...given, operations: given.operations.toSpliced(i, 0, "sync") };
  }
}

/** Returns a case with `count` random operations on a random tree. */
export function randomCase(random: Random, count: number): Case {
  const start: string[] = [];
  for (let left = 3 + random.below(5); left > 0; left--) {
    let path = random.below(4) === 0 ? "o" : "r";
    const depth = path === "r" ? 1 + random.below(3) : 1 + random.below(2);
    for (let i = 0; i < depth; i++) path += `/${random.oneOf(NAMES)}`;
    const isTaken = start.some((each) =>
      isWithin(each, path) || isWithin(path, each.replace(/\/$/, ""))
    );
    if (!isTaken) start.push(random.below(3) === 0 ? path : `${path}/`);
  }
  const disk = new Disk(start);
  const operations: string[] = [];
  while (operations.length < count) {
    const possible = [...disk.operations(random.oneOf(MIX))];
    if (possible.length === 0) continue;
    if (operations.length > 0 && random.below(8) === 0) operations.push("sync");
    const operation = random.oneOf(possible);
    disk.perform(operation);
    operations.push(operation);
  }
  return { start, operations };
}
