/** All watchers of `watchFs()` share an instance, and nothing else. */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { implementationFor } from "../../lib/watch/watch_fs.ts";
import { watchFs } from "../../watch_fs.ts";
import { TestDirectory } from "../support/directory.ts";
import { countWatches, descriptorTargets } from "../support/process.ts";
import { withDeadline } from "../support/until.ts";

function countInstances(): number {
  return descriptorTargets().filter((target) => target.includes("inotify"))
    .length;
}

/** Returns the events of a watcher up to the one of the path `last`, as lines. */
async function linesUntil(
  last: string,
  watcher: Deno.FsWatcher,
  base: string,
): Promise<string[]> {
  const lines: string[] = [];
  const events = watcher[Symbol.asyncIterator]();
  while (!lines.at(-1)?.endsWith(last)) {
    const { value } = await withDeadline(events.next(), last);
    const { kind, paths } = value as Deno.FsEvent;
    const names = paths.map((path) => path.slice(base.length + 1));
    lines.push([kind, ...names].join(" "));
  }
  return lines;
}

Deno.test("`watchFs()` can be called a thousand times", async () => {
  using directory = new TestDirectory();
  const before = countInstances();
  const open: Deno.FsWatcher[] = [];
  for (let i = 0; i < 1000; i++) {
    // Half of the watchers have a directory of their own, the rest share directories.
    const name = i % 2 === 0 ? `own${i}` : `shared${i % 10}`;
    Deno.mkdirSync(directory.at(name), { recursive: true });
    open.push(watchFs(directory.at(name)));
  }
  assertEquals(countInstances(), before + 1);
  for (const i of [0, 998, 1, 991]) {
    const name = i % 2 === 0 ? `own${i}` : `shared${i % 10}`;
    directory.directory(`${name}/${i}`);
  }
  const seen = async (i: number) =>
    await linesUntil(`/${i === 991 ? 991 : i}`, open[i]!, directory.path);
  assertEquals(await seen(0), ["create own0/0"]);
  assertEquals(await seen(998), ["create own998/998"]);
  assertEquals(await linesUntil("/991", open[11]!, directory.path), [
    "create shared1/1",
    "create shared1/991",
  ]);
  // Whichever watchers are closed, the others continue.
  const [last, ...closed] = [open.pop()!, ...open];
  for (const each of closed) each.close();
  assertEquals(countInstances(), before + 1);
  directory.directory("shared9/end");
  assertEquals(await linesUntil("/end", last, directory.path), [
    "create shared9/end",
  ]);
  await last.return!();
  assertEquals(countInstances(), before);
});

Deno.test("`watchFs()` gives each watcher its own paths, depth and filters", async () => {
  using directory = new TestDirectory();
  for (const name of ["a", "a/b", "a/b/c", "a/skip"]) directory.directory(name);
  const path = directory.at("a");
  const watchers = [
    watchFs(path),
    watchFs(path, { recursive: false }),
    watchFs(path, { ignore: directory.at("a/skip") }),
    watchFs(directory.at("a/b")),
    watchFs(directory.at("a/b/c")),
  ];
  for (const name of ["a/skip/1", "a/b/2", "a/b/c/3", "a/end", "a/b/c/end"]) {
    directory.directory(name);
  }
  directory.directory("a/b/end");
  const expected = [
    [
      "create a/skip/1",
      "create a/b/2",
      "create a/b/c/3",
      "create a/end",
    ],
    ["create a/end"],
    ["create a/b/2", "create a/b/c/3", "create a/end"],
    ["create a/b/2", "create a/b/c/3", "create a/b/c/end"],
    ["create a/b/c/3", "create a/b/c/end"],
  ];
  for (const [i, watcher] of watchers.entries()) {
    const lines = await linesUntil("/end", watcher, directory.path);
    assertEquals(lines, expected[i]);
  }
  for (const watcher of watchers) await watcher.return!();
});

Deno.test("`watchFs()` reports nothing from before its call", async () => {
  using directory = new TestDirectory();
  const file = directory.file("file");
  const first = watchFs(directory.path);
  Deno.writeTextFileSync(file, "1");
  const second = watchFs(directory.path);
  directory.directory("end");
  assertEquals(await linesUntil("end", first, directory.path), [
    "modify file",
    "access file",
    "create end",
  ]);
  assertEquals(await linesUntil("end", second, directory.path), ["create end"]);
  for (const watcher of [first, second]) await watcher.return!();
});

Deno.test("`watchFs()` keeps a watch for as long as one watcher needs it", async () => {
  using directory = new TestDirectory();
  for (const name of ["a", "a/b", "c", "d"]) directory.directory(name);
  const before = countWatches();
  const one = watchFs(directory.path);
  const all = countWatches();
  const other = watchFs(directory.path);
  assertEquals(countWatches(), all);
  await one.return!();
  assertEquals(countWatches(), all);
  directory.directory("a/b/c");
  assertEquals(await linesUntil("c", other, directory.path), ["create a/b/c"]);
  const third = watchFs(directory.at("a/b"));
  await other.return!();
  assert(countWatches() < all);
  directory.directory("a/b/d");
  assertEquals(await linesUntil("d", third, directory.path), ["create a/b/d"]);
  await third.return!();
  assertEquals(countWatches(), before);
});

Deno.test("`watchFs()` reports the changes of a shared directory to each watcher", async () => {
  using directory = new TestDirectory();
  for (const name of ["a", "a/b", "c"]) directory.directory(name);
  const watchers = [1, 2, 3].map(() => watchFs(directory.path));
  Deno.renameSync(directory.at("a"), directory.at("c/d"));
  directory.directory("c/d/b/e");
  Deno.removeSync(directory.at("c/d"), { recursive: true });
  directory.directory("end");
  for (const watcher of watchers) {
    assertEquals(await linesUntil("end", watcher, directory.path), [
      "remove a",
      "rename c/d",
      "rename a c/d",
      "create c/d/b/e",
      "remove c/d/b/e",
      "remove c/d/b",
      "remove c/d",
      "create end",
    ]);
  }
  for (const watcher of watchers) await watcher.return!();
});

Deno.test("`watchFs()` is `Deno.watchFs()` on other platforms than Linux", () => {
  for (const os of ["darwin", "windows", "freebsd"] as const) {
    assertStrictEquals(implementationFor(os) as unknown, Deno.watchFs);
  }
  assert(implementationFor("linux") as unknown !== Deno.watchFs);
});
