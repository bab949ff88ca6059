import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Directory, RootDirectory, UNWATCHED } from "../../lib/tree/node.ts";
import { WatchTable } from "../../lib/tree/watch_table.ts";

/** The directories `/root`, `a`, `a/b` and `c` in it. */
function plant() {
  const root = new RootDirectory("root", "/root");
  const a = grow(root, "a");
  const b = grow(a, "b");
  const c = grow(root, "c");
  return { root, a, b, c };
}

function grow(parent: Directory, name: string): Directory {
  const directory = new Directory(parent, name);
  parent.set(name, directory);
  return directory;
}

function paths(directories: Iterable<Directory>): string[] {
  return [...directories].map(({ path }) => path);
}

Deno.test("`Directory` has the path of its root with the names below", () => {
  const { root, a, b } = plant();
  assertEquals(paths([root, a, b]), ["root", "root/a", "root/a/b"]);
  assertEquals([root, b].map(({ absolutePath }) => absolutePath), [
    "/root",
    "/root/a/b",
  ]);
  assertStrictEquals(b.root, root);
});

const ROOTS: [path: string, location: string, of: [string, string]][] = [
  ["/", "/", ["/a", "/a"]],
  ["/x/", "/x/", ["/x/a", "/x/a"]],
  ["./x", "/y/./x", ["./x/a", "/y/./x/a"]],
  [".", "/y/.", ["./a", "/y/./a"]],
];

for (const [path, location, [pathOfA, locationOfA]] of ROOTS) {
  Deno.test(`\`Directory\` has a path and a location below '${path}'`, () => {
    const root = new RootDirectory(path, location);
    const a = grow(root, "a");
    assertEquals([root.path, root.absolutePath], [path, location]);
    assertEquals([a.path, a.absolutePath], [pathOfA, locationOfA]);
  });
}

Deno.test("`moveTo()` keeps everything below", () => {
  const { root, a, b, c } = plant();
  assertEquals(paths([a, b, c]), ["root/a", "root/a/b", "root/c"]);
  root.delete("a");
  a.moveTo(c, "d");
  assertEquals(paths([a, b, c]), ["root/c/d", "root/c/d/b", "root/c"]);
  assertEquals(b.absolutePath, "/root/c/d/b");
  assertStrictEquals(c.entries.get("d"), a);
  root.delete("c");
  c.moveTo(root, "e");
  assertEquals(paths([a, b, c]), ["root/e/d", "root/e/d/b", "root/e"]);
});

Deno.test("`moveTo()` moves to another tree, also between two reads of a path", () => {
  const { root, a, b, c } = plant();
  const other = new RootDirectory("other", "/other");
  const d = grow(other, "d");
  assertEquals(paths([a, b, c, d]), [
    "root/a",
    "root/a/b",
    "root/c",
    "other/d",
  ]);
  a.moveTo(d, "e");
  assertEquals(paths([a, b, c]), ["other/d/e", "other/d/e/b", "root/c"]);
  d.moveTo(other, "f");
  assertEquals(paths([a, b]), ["other/f/e", "other/f/e/b"]);
  assertEquals([...root.entries].map(([name]) => name), ["c"]);
});

Deno.test("`isWithin()` is true of a directory itself and everything below", () => {
  const { root, a, b, c } = plant();
  assert(b.isWithin(b) && b.isWithin(a) && b.isWithin(root));
  assert(!a.isWithin(b) && !b.isWithin(c) && !root.isWithin(a));
});

Deno.test("`Directory` may be 100,000 levels deep", () => {
  const { root, a, c } = plant();
  let at = a;
  for (let i = 0; i < 100_000; i++) at = grow(at, "x");
  assertEquals(at.path, `root/a${"/x".repeat(100_000)}`);
  assertStrictEquals(at.root, root);
  assert(at.isWithin(a) && !at.isWithin(c));
  assertEquals(a.subtree().length, 100_002);
  root.delete("a");
  a.moveTo(c, "a");
  assertEquals(at.path, `root/c/a${"/x".repeat(100_000)}`);
});

Deno.test("`subtree()` returns each directory before its parent", () => {
  const { root, a } = plant();
  a.set("file", false);
  a.set("unfollowed", true);
  assertEquals(paths(root.subtree()), ["root/a/b", "root/c", "root/a", "root"]);
});

Deno.test("`entries` has the entries that were set and not deleted", () => {
  const directory = new RootDirectory("root", "/root");
  assertEquals([...directory.entries], []);
  directory.delete("a");
  directory.set("a", false);
  directory.set("b", true);
  directory.set("a", true);
  assertEquals([...directory.entries], [["a", true], ["b", true]]);
  directory.delete("a");
  directory.delete("b");
  assertEquals([...directory.entries], []);
});

/** Watches that record which of them were removed. */
function countingWatches(): { watches: WatchTable; released: number[] } {
  const released: number[] = [];
  return { watches: new WatchTable((wd) => released.push(wd)), released };
}

Deno.test("`attach()` sets the watch of a directory, and releases the previous one", () => {
  const { a } = plant();
  const { watches, released } = countingWatches();
  watches.attach(a, 1);
  watches.attach(a, 1);
  assertStrictEquals(watches.get(1), a);
  assertEquals([a.wd, watches.size, ...released], [1, 1]);
  watches.attach(a, 2);
  assertEquals(watches.get(1), undefined);
  assertEquals([a.wd, watches.size, ...released], [2, 1, 1]);
});

Deno.test("`deferReleases()` removes the watches that are unused at its end", () => {
  const { a, b } = plant();
  const { watches, released } = countingWatches();
  watches.attach(a, 1);
  watches.attach(b, 2);
  // Two directories exchange their watches, and a third watch is unused.
  {
    using _ = watches.deferReleases();
    watches.attach(a, 2);
    watches.releaseUnused(3);
    watches.attach(b, 1);
    assertEquals(released, []);
  }
  assertEquals([watches.get(1), watches.get(2)], [b, a]);
  assertEquals(released, [3]);
});

Deno.test("`WatchTable` has watches with large descriptors", () => {
  const { a, b } = plant();
  const { watches } = countingWatches();
  watches.attach(a, 1);
  watches.attach(b, 0x7fffffff);
  assertStrictEquals(watches.get(0x7fffffff), b);
  assertEquals([watches.get(2), watches.get(UNWATCHED)], [
    undefined,
    undefined,
  ]);
  watches.forget(0x7fffffff);
  watches.forget(5);
  assertEquals([watches.size, b.wd], [1, UNWATCHED]);
});

/** In which order three directories of one watch are detached. */
const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [
  2,
  1,
  0,
]];

for (const order of ORDERS) {
  Deno.test(`\`detach()\` keeps the watch for the others, in the order ${order}`, () => {
    const { a, b, c } = plant();
    const all = [a, b, c];
    const { watches, released } = countingWatches();
    for (const directory of all) watches.attach(directory, 1);
    for (const [i, n] of order.entries()) {
      assertEquals(released, []);
      watches.detach(all[n]!);
      assertEquals([all[n]!.wd, all[n]!.nextAlias], [UNWATCHED, undefined]);
      const left = new Set(order.slice(i + 1).map((n) => all[n]!));
      assertEquals(new Set(withWatch(watches, 1)), left);
      assertEquals(watches.size, left.size > 0 ? 1 : 0);
    }
    assertEquals(released, [1]);
    watches.detach(a);
    assertEquals(released, [1]);
  });
}

function withWatch(watches: WatchTable, wd: number): Directory[] {
  const directories = [];
  for (let at = watches.get(wd); at; at = at.nextAlias) directories.push(at);
  return directories;
}

Deno.test("`retain()` keeps a watch that no directory has", () => {
  const { a } = plant();
  const { watches, released } = countingWatches();
  watches.retain(1);
  watches.retain(1);
  assertEquals(watches.size, 1);
  watches.attach(a, 1);
  assertEquals(watches.size, 1);
  watches.detach(a);
  watches.release(1);
  assertEquals(released, []);
  watches.release(1);
  assertEquals(released, [1]);
  watches.release(1);
  assertEquals([watches.size, ...released], [0, 1]);
});

Deno.test("`releaseUnused()` removes only unused watches", () => {
  const { a } = plant();
  const { watches, released } = countingWatches();
  watches.attach(a, 1);
  watches.retain(2);
  for (const wd of [UNWATCHED, 1, 2, 3]) watches.releaseUnused(wd);
  assertEquals(released, [3]);
});

Deno.test("`forget()` removes a watch that the kernel has removed from all directories", () => {
  const { a, b, c } = plant();
  const { watches, released } = countingWatches();
  for (const directory of [a, b]) watches.attach(directory, 1);
  watches.attach(c, 2);
  watches.retain(1);
  watches.forget(1);
  watches.forget(3);
  assertEquals([a.wd, b.wd, c.wd], [UNWATCHED, UNWATCHED, 2]);
  assertEquals([a.nextAlias, b.nextAlias], [undefined, undefined]);
  assertEquals([watches.size, ...released], [1]);
  watches.release(1);
  watches.detach(a);
  assertEquals(released, []);
});
