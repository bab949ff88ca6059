import { assert, assertEquals, assertLess } from "@std/assert";
import { Libc } from "../../lib/kernel/libc.ts";
import { MountTable } from "../../lib/kernel/mount_table.ts";
import {
  DirectoryOpener,
  type Scan,
  scan as scanInSlices,
  type ScanOptions,
  SKIP_MODIFIED_CHECK,
} from "../../lib/tree/scan.ts";
import { Slice } from "../../lib/tree/slice.ts";
import { ScanQueue } from "../../lib/tree/scan_queue.ts";
import { Directory, RootDirectory, UNWATCHED } from "../../lib/tree/node.ts";
import { IN, Inotify } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";

function rootAt(path: string): RootDirectory {
  return new RootDirectory(path, path);
}

/** Scans in one slice. */
function scan(
  directory: Directory,
  opener: DirectoryOpener,
  options: Omit<ScanOptions, "slice">,
): Scan {
  const slice = new Slice();
  const { done, value } = scanInSlices(directory, opener, { ...options, slice })
    .next();
  assert(done);
  return value;
}

/** Returns the rest of `queue`, each directory as its path and its time. */
function drain(queue: ScanQueue): [string, number | undefined][] {
  const taken: [string, number | undefined][] = [];
  for (let next; (next = queue.take());) taken.push([next[0].path, next[1]]);
  return taken;
}

Deno.test("`ScanQueue` returns what was added, in order", () => {
  const queue = new ScanQueue();
  assertEquals(queue.take(), undefined);
  const [a, b, c] = [rootAt("/a"), rootAt("/b"), rootAt("/c")] as const;
  queue.add(a);
  queue.add(b, 5);
  assertEquals(queue.size, 2);
  assertEquals(queue.take(), [a, undefined]);
  queue.add(c);
  queue.add(a);
  assertEquals(drain(queue), [["/b", 5], ["/c", undefined], ["/a", undefined]]);
  assertEquals(queue.size, 0);
  queue.add(b);
  assertEquals(drain(queue), [["/b", undefined]]);
});

Deno.test("`ScanQueue` returns new directories first, in order", () => {
  const queue = new ScanQueue();
  const [a, b, c, d] = ["/a", "/b", "/c", "/d"].map(rootAt) as [
    RootDirectory,
    RootDirectory,
    RootDirectory,
    RootDirectory,
  ];
  queue.add(a, 5);
  queue.addFresh(b);
  queue.addFresh(c);
  assertEquals(queue.size, 3);
  assertEquals(queue.take(), [b, undefined]);
  assert(queue.isWithin(c));
  assert(!queue.isWithin(b));
  queue.addFresh(d);
  c.isRemoved = true;
  assertEquals(drain(queue), [["/d", undefined], ["/a", 5]]);
  queue.addFresh(b);
  assertEquals(drain(queue), [["/b", undefined]]);
  assertEquals(queue.size, 0);
});

Deno.test("`ScanQueue` returns the last listed directory first", () => {
  const queue = new ScanQueue();
  const paths = ["/a", "/b", "/c", "/d"];
  const [a, ...listed] = paths.map(rootAt);
  queue.add(a!);
  for (const directory of listed) queue.addListed(directory);
  listed[1]!.isRemoved = true;
  assertEquals(queue.size, 4);
  assert(queue.isWithin(listed[0]!));
  assertEquals(drain(queue).map(([path]) => path), ["/d", "/b", "/a"]);
});

Deno.test("`ScanQueue` returns listed and other new directories in turn", () => {
  const queue = new ScanQueue();
  const paths = ["/a", "/b", "/c", "/d"];
  const [a, b, c, d] = paths.map(rootAt);
  for (const directory of [a, b]) queue.addListed(directory!);
  for (const directory of [c, d]) queue.addFresh(directory!);
  const taken = drain(queue).map(([path]) => path);
  assertEquals(taken.slice(0, 2).toSorted(), ["/b", "/c"]);
  assertEquals(taken.toSorted(), paths);
});

Deno.test("`ScanQueue` frees taken directories, even if it is never empty", () => {
  const queue = new ScanQueue();
  const root = rootAt("/");
  const before = Deno.memoryUsage().heapUsed;
  queue.addFresh(root);
  for (let i = 0; i < 2_000_000; i++) {
    queue.addFresh(new Directory(root, "a"));
    queue.take();
  }
  assertEquals(queue.size, 1);
  assertLess(Deno.memoryUsage().heapUsed - before, 100_000_000);
});

Deno.test("`ScanQueue` has each directory once, with its earliest time", () => {
  const queue = new ScanQueue();
  const [a, b] = [rootAt("/a"), rootAt("/b")] as const;
  for (const since of [undefined, SKIP_MODIFIED_CHECK, 7, 5, 6]) {
    queue.add(a, since);
  }
  queue.add(b, 3);
  queue.add(b);
  assertEquals(drain(queue), [["/a", 5], ["/b", 3]]);
});

Deno.test("`ScanQueue` skips directories that have left their trees", () => {
  const queue = new ScanQueue();
  const [a, b, c] = [rootAt("/a"), rootAt("/b"), rootAt("/c")] as const;
  for (const directory of [a, b, c]) queue.add(directory);
  a.isRemoved = true;
  c.isRemoved = true;
  assertEquals(drain(queue), [["/b", undefined]]);
  assertEquals(queue.size, 0);
});

Deno.test("`isWithin()` returns whether anything below has to be scanned", () => {
  const queue = new ScanQueue();
  const [a, b] = [rootAt("/a"), rootAt("/b")] as const;
  queue.add(new Directory(new Directory(a, "c"), "d"));
  assert(queue.isWithin(a));
  assert(!queue.isWithin(b));
});

Deno.test("`scan()` watches, lists, and returns the modified files", () => {
  using directory = new TestDirectory();
  directory.file("file");
  directory.directory("folder");
  const root = rootAt(directory.path);
  using libc = Libc.acquire();
  using opener = new DirectoryOpener(libc);
  using inotify = new Inotify();
  const mounts = new MountTable(libc);
  const options = { inotify, mask: IN.CREATE, mounts };
  const found = scan(root, opener, { ...options, since: 0 });
  const { listing } = found;
  assertEquals(new Map(listing), new Map([["file", false], ["folder", true]]));
  assertEquals(found.modified, new Set([listing.find("file")]));
  const later = scan(root, opener, { ...options, since: Date.now() + 60_000 });
  assertEquals(later.modified, new Set());
  assertEquals(later.wd, found.wd);
  assertEquals(
    scan(root, opener, { ...options, since: SKIP_MODIFIED_CHECK }).modified,
    undefined,
  );
  // On an unknown file system, times are not reliable.
  const unknown = scan(root, opener, {
    ...options,
    mounts: undefined,
    since: Date.now() + 60_000,
  });
  assertEquals(unknown.modified, new Set([unknown.listing.find("file")]));
  directory.file("new");
  assertEquals(inotify.read().map(({ wd, name }) => [wd, name]), [
    [found.wd, "new"],
  ]);
});

Deno.test("`scan()` follows a given link, and no link below", () => {
  using directory = new TestDirectory();
  Deno.symlinkSync(".", directory.at("link"));
  const link = directory.at("link");
  const root = rootAt(link);
  using libc = Libc.acquire();
  using opener = new DirectoryOpener(libc);
  using inotify = new Inotify();
  const options = {
    inotify,
    mask: IN.CREATE,
    since: SKIP_MODIFIED_CHECK,
  };
  assertEquals(
    [...scan(root, opener, options).listing],
    [["link", false]],
  );
  const below = scan(new Directory(root, "link"), opener, options);
  assertEquals(below.error?.code, "ELOOP");
  assertEquals([below.wd, below.listing.size], [UNWATCHED, 0]);
});
