import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { watch } from "../../mod.ts";
import { countDirectories, readTree } from "../storm/model.ts";
import { TestDirectory } from "../support/directory.ts";
import { Observation } from "../support/observation.ts";
import { countAbove, countWatches } from "../support/process.ts";

Deno.test("`add()` watches another path with the options of the watcher", async () => {
  using directory = new TestDirectory();
  for (const path of ["1", "2/a", "2/skip"]) {
    Deno.mkdirSync(directory.at(path), { recursive: true });
  }
  const watcher = await watch(directory.at("1"), {
    recursive: true,
    initial: true,
    exclude: [/skip/],
  });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("2"));
  assertEquals(await observed.take(), ["create 2/a/ synthetic"]);
  await watcher.add(directory.at("2"));
  directory.directory("1/b");
  directory.directory("2/a/b");
  directory.directory("2/skip/b");
  assertEquals((await observed.take()).sort(), [
    "create 1/b/",
    "create 2/a/b/",
  ]);
  assertEquals(watcher.watchCount, 5 + countAbove(directory.at("1")));
});

Deno.test('`add()` waits for a missing path with `missing: "wait"`', async () => {
  using directory = new TestDirectory();
  const watcher = await watch([], { recursive: true, missing: "wait" });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("a/b"));
  Deno.mkdirSync(directory.at("a/b/c"), { recursive: true });
  assertEquals(await observed.take(), [
    "create a/b/ synthetic",
    "create a/b/c/ synthetic",
  ]);
});

Deno.test("`add()` rejects a path that is missing, and the watcher continues", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("a");
  await using observed = new Observation(await watch(root), directory.path);
  const path = directory.at("missing");
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      () => observed.watcher.add(path),
      Deno.errors.NotFound,
      `No such file or directory (os error 2): watch '${path}'`,
    );
  }
  directory.directory("a/b");
  directory.directory("missing");
  assertEquals(await observed.take(), ["create a/b/"]);
  await observed.watcher.add(path);
  directory.directory("missing/b");
  assertEquals(await observed.take(), ["create missing/b/"]);
  assertEquals(observed.watcher.watchCount, 2 + countAbove(path));
  assertEquals(countWatches(), observed.watcher.watchCount);
});

Deno.test("`remove()` stops watching one path", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(directory.at("root/a/b"), { recursive: true });
  directory.directory("other");
  const paths = ["root", "root/a", "other"].map((name) => directory.at(name));
  const watcher = await watch(paths, { recursive: true });
  await using observed = new Observation(watcher, directory.path);
  const above = countAbove(directory.at("root"));
  assertEquals(watcher.watchCount, 4 + above);
  watcher.remove(directory.at("root"));
  // A directory that was given is now above a given path.
  assertEquals(watcher.watchCount, 4 + above);
  for (const name of ["root/c", "root/a/b/c", "other/c"]) {
    directory.directory(name);
  }
  assertEquals((await observed.take()).sort(), [
    "create other/c/",
    "create root/a/b/c/",
  ]);
  watcher.remove(directory.at("root/a"));
  watcher.remove(directory.at("other"));
  directory.directory("other/d");
  assertEquals(await observed.take(), []);
  assertEquals(watcher.watchCount, 0);
  assertEquals(countWatches(), 0);
  await watcher.add(directory.at("root"));
  directory.directory("root/d");
  assertEquals(await observed.take(), ["create root/d/"]);
});

Deno.test("`remove()` of a file keeps its watched directory", async () => {
  using directory = new TestDirectory();
  const path = directory.file("a");
  Deno.linkSync(path, directory.at("b"));
  const paths = [directory.path, path, directory.at("b")];
  const watcher = await watch(paths, { events: ["attrib", "create"] });
  await using observed = new Observation(watcher, directory.path);
  watcher.remove(path);
  Deno.chmodSync(path, 0o600);
  directory.directory("c");
  assertEquals(await observed.take(), ["attrib a", "attrib b", "create c/"]);
  watcher.remove(directory.path);
  Deno.chmodSync(path, 0o644);
  directory.directory("d");
  assertEquals(await observed.take(), ["attrib b"]);
});

Deno.test("`remove()` throws for a path that is not watched", async () => {
  using directory = new TestDirectory();
  await using watcher = await watch(directory.path);
  const path = directory.directory("a");
  assertThrows(
    () => watcher.remove(path),
    Deno.errors.NotFound,
    `Cannot remove the path '${path}': it is not watched`,
  );
  watcher.remove(`${directory.path}/./`);
  assertEquals(watcher.paths, []);
});

Deno.test("`watchCount` is the kernel's own count", async () => {
  using directory = new TestDirectory();
  const root = directory.path;
  await using observed = new Observation(
    await watch(root, { recursive: true }),
    root,
  );
  for (let i = 0; i < 20; i++) {
    Deno.mkdirSync(directory.at(`${i}/a/b`), { recursive: true });
    if (i % 2 === 1) {
      Deno.removeSync(directory.at(`${i}`), { recursive: true });
      Deno.renameSync(directory.at(`${i - 1}`), directory.at(`moved ${i}`));
    }
    await observed.take();
    assertEquals(
      observed.watcher.watchCount,
      countDirectories(readTree(root)) + countAbove(root),
    );
    assertEquals(observed.watcher.watchCount, countWatches());
  }
});

Deno.test("`paths` has the given paths, as they were given", async () => {
  using directory = new TestDirectory();
  const [one, other] = [directory.directory("a"), directory.directory("b")];
  const watcher = await watch([one, `${other}/`], { recursive: true });
  assertEquals(watcher.paths, [one, `${other}/`]);
  directory.directory("a/c");
  await watcher.sync();
  assertEquals(watcher.paths, [one, `${other}/`]);
  const url = new URL(`file://${directory.file("c")}`);
  await watcher.add(url);
  assertEquals(watcher.paths, [one, `${other}/`, url.pathname]);
  watcher.remove(one);
  assertEquals(watcher.paths, [`${other}/`, url.pathname]);
  Deno.removeSync(other);
  await watcher.sync();
  assertEquals(watcher.paths, [url.pathname]);
  await watcher.close();
});

Deno.test("`paths` is empty and `watchCount` 0 once the watcher is closed", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path);
  assertEquals([watcher.paths, watcher.watchCount], [
    [directory.path],
    1 + countAbove(directory.path),
  ]);
  const closed = watcher.close();
  assertEquals([watcher.paths, watcher.watchCount], [[], 0]);
  await closed;
  assertEquals([watcher.paths, watcher.watchCount], [[], 0]);
});
