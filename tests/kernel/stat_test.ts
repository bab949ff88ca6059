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

Deno.test("`changedAt()` is when an entry changed", () => {
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
  const entry = (name: string) => {
    const listing = open.list();
    return [listing, listing.find(name)] as const;
  };
  const actual = open.changedAt(...entry("file"));
  assertGreaterOrEqual(actual, start);
  assertLessOrEqual(actual, Date.now() + 1);
  assertEquals(changedAt(path, libc), actual);
  const gone = entry("file");
  Deno.removeSync(path);
  assertEquals(open.changedAt(...gone), -Infinity);
});

Deno.test("`changedAt()` is about a link below, and by default about the target of a path", () => {
  using directory = new TestDirectory();
  using libc = Libc.acquire();
  const { path } = directory;
  using open = new OpenDirectory(libc, path, { path, follow: "none" });
  Deno.symlinkSync("nothing", directory.at("dangling"));
  const listing = open.list();
  assertGreater(open.changedAt(listing, listing.find("dangling")), 0);
  const link = directory.at("dangling");
  assertEquals(changedAt(link, libc), -Infinity);
  assertGreater(changedAt(link, libc, { followSymlinks: false }), 0);
});
