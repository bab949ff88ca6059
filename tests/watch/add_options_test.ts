import { assertEquals, assertRejects } from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { Observation } from "../support/observation.ts";
import { countAbove } from "../support/process.ts";
import { runScript } from "../support/script.ts";

const events = ["create", "delete", "move", "moved_from", "moved_to"] as const;

Deno.test("`add()` accepts a depth for one path", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p flat/a/b deep/a/b two/a/b", directory.path);
  const watcher = await watch(directory.at("flat"), { events });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("deep"), { recursive: true });
  await watcher.add(directory.at("two"), { recursive: true, maxDepth: 2 });
  assertEquals(watcher.watchCount, 6 + countAbove(directory.at("two")));
  runScript(
    "for i in flat deep two; do mkdir $i/a/b/c $i/a/c; done",
    directory.path,
  );
  assertEquals((await observed.take()).toSorted(), [
    "create deep/a/b/c/",
    "create deep/a/c/",
    "create two/a/c/",
  ]);
});

Deno.test("`add()` accepts a depth for one path of a recursive watcher", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p deep/a/b flat/a/b two/a/b/c", directory.path);
  const watcher = await watch(directory.at("deep"), {
    recursive: true,
    maxDepth: 2,
    events,
  });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("flat"), { recursive: false });
  await watcher.add(directory.at("two"), { maxDepth: 3 });
  assertEquals(watcher.watchCount, 6 + countAbove(directory.at("two")));
  runScript("mkdir flat/a/c deep/a/c deep/a/b/c two/a/b/d", directory.path);
  assertEquals(await observed.take(), [
    "create deep/a/c/",
    "create two/a/b/d/",
  ]);
});

Deno.test("`add()` accepts filters for one path", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p one/skip one/x other/skip other/x", directory.path);
  const watcher = await watch(directory.at("one"), { recursive: true, events });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("other"), {
    exclude: "skip",
    include: /\.ts$/,
  });
  assertEquals(watcher.watchCount, 5 + countAbove(directory.at("one")));
  const script =
    "for i in one/skip one/x other/skip other/x; do touch $i/a.ts $i/b.js; done";
  runScript(script, directory.path);
  assertEquals((await observed.take()).toSorted(), [
    "create one/skip/a.ts",
    "create one/skip/b.js",
    "create one/x/a.ts",
    "create one/x/b.js",
    "create other/x/a.ts",
  ]);
});

Deno.test("`add()` applies its options to entries that move between paths", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p one/d/skip/e one/d/f/g other", directory.path);
  const watcher = await watch(directory.at("one"), { recursive: true, events });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("other"), { exclude: "skip", maxDepth: 2 });
  runScript("mv one/d other/d", directory.path);
  assertEquals((await observed.take()).toSorted(), [
    "delete other/d/f/g/ synthetic",
    "delete other/d/skip/ synthetic",
    "delete other/d/skip/e/ synthetic",
    "move one/d/ -> other/d/",
  ]);
  runScript(
    "mkdir other/d/f/x other/d/skip/x; mv other/d one/d",
    directory.path,
  );
  assertEquals((await observed.take()).toSorted(), [
    "create one/d/f/g/ synthetic",
    "create one/d/f/x/ synthetic",
    "create one/d/skip/ synthetic",
    "create one/d/skip/e/ synthetic",
    "create one/d/skip/x/ synthetic",
    "move other/d/ -> one/d/",
  ]);
});

Deno.test("`add()` applies its filters to the files in a directory that moves", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p one/d other; touch one/d/a.tmp one/d/b", directory.path);
  const watcher = await watch(directory.at("one"), { recursive: true, events });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(directory.at("other"), { exclude: "*.tmp" });
  for (let round = 0; round < 2; round++) {
    runScript("mv one/d other/d", directory.path);
    assertEquals(await observed.take(), [
      "move one/d/ -> other/d/",
      "delete other/d/a.tmp synthetic",
    ]);
    runScript("mv other/d one/d", directory.path);
    assertEquals(await observed.take(), [
      "move other/d/ -> one/d/",
      "create one/d/a.tmp synthetic",
    ]);
  }
});

Deno.test("`remove()` forgets the options of the path", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p one other/a", directory.path);
  const other = directory.at("other");
  const watcher = await watch(directory.at("one"), { events });
  await using observed = new Observation(watcher, directory.path);
  await watcher.add(`${other}/`, { recursive: true, exclude: "skip" });
  // The path is watched already.
  await watcher.add(`${other}/`, { recursive: false });
  await watcher.add(`${other}/`);
  runScript("mkdir other/a/b other/skip", directory.path);
  assertEquals(await observed.take(), ["create other/a/b/"]);
  watcher.remove(`${other}/`);
  await watcher.add(other);
  runScript("mkdir other/a/c; rmdir other/skip", directory.path);
  assertEquals(await observed.take(), ["delete other/skip/"]);
});

// deno-lint-ignore no-explicit-any
const WRONG: [options: any, type: typeof Error, message: string][] = [
  [
    { events: [] },
    TypeError,
    'Cannot use the option "events": expected one of',
  ],
  [{ recursive: 1 }, TypeError, 'Cannot use 1 for the option "recursive"'],
  [{ maxDepth: 2 }, TypeError, 'Cannot use the option "maxDepth" without'],
  [{ recursive: true, maxDepth: 0 }, RangeError, "Cannot use 0 for the option"],
  [null, TypeError, "Cannot use null as options: expected an object"],
];

for (const [options, type, message] of WRONG) {
  Deno.test(`\`add()\` rejects ${Deno.inspect(options)}, and the watcher continues`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("root");
    const watcher = await watch(root, { events });
    await using observed = new Observation(watcher, directory.path);
    const path = directory.directory("other");
    await assertRejects(() => watcher.add(path, options), type, message);
    assertEquals(watcher.paths, [root]);
    runScript("mkdir root/a other/a", directory.path);
    assertEquals(await observed.take(), ["create root/a/"]);
  });
}

Deno.test("`add()` rejects a value that is not a path, and the watcher continues", async () => {
  using directory = new TestDirectory();
  await using watcher = await watch(directory.path);
  await assertRejects(
    // deno-lint-ignore no-explicit-any
    () => watcher.add(3 as any),
    TypeError,
    "Cannot use 3 as a path: expected a string or a URL",
  );
  await watcher.sync();
});
