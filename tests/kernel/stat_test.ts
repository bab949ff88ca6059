import {
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
} from "@std/assert";
import { OpenDirectory } from "../../lib/kernel/directory.ts";
import { changedAt } from "../../lib/kernel/stat.ts";
import { Libc } from "../../lib/kernel/libc.ts";
import { TestDirectory } from "../support/directory.ts";

Deno.test("`changedAt()` returns when an entry changed", () => {
  using directory = new TestDirectory();
  const path = directory.file("file");
  using libc = Libc.acquire();
  using open = new OpenDirectory(libc, directory.path, {
    path: directory.path,
    follow: "none",
  });
  // The kernel's time stamps lag its clock by a tick.
  const start = Date.now() - 10;
  Deno.utimeSync(path, 0, 0);
  const actual = changedAt(path, libc);
  assertGreaterOrEqual(actual, start);
  assertLessOrEqual(actual, Date.now() + 1);
  const listing = open.list();
  const changedSince = (since: number) => {
    const changed = new Set<number>();
    const { start, end } = listing;
    const part = { start, count: 2, changed };
    assertEquals(open.addChangedSince(since, listing, part), end);
    return [...changed];
  };
  assertEquals(changedSince(actual), [listing.start]);
  assertEquals(changedSince(actual + 0.001), []);
  Deno.removeSync(path);
  assertEquals(changedAt(path, libc), -Infinity);
  assertEquals(changedSince(0), []);
});

Deno.test("`changedAt()` looks up a link in a directory, but the target of a path", () => {
  using directory = new TestDirectory();
  using libc = Libc.acquire();
  const { path } = directory;
  using open = new OpenDirectory(libc, path, { path, follow: "none" });
  Deno.symlinkSync("nothing", directory.at("dangling"));
  const listing = open.list();
  const changed = new Set<number>();
  const part = { start: listing.start, count: 1, changed };
  open.addChangedSince(0, listing, part);
  assertEquals([...changed], [listing.start]);
  const link = directory.at("dangling");
  assertEquals(changedAt(link, libc), -Infinity);
  assertGreater(changedAt(link, libc, { followSymlinks: false }), 0);
});
