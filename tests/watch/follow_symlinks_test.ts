import { assertEquals } from "@std/assert";
import { watch, type WatchOptions } from "../../mod.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Observation } from "../support/observation.ts";
import {
  countAbove,
  countDescriptors,
  countWatches,
} from "../support/process.ts";
import { runScript } from "../support/script.ts";
import { exchange } from "../support/system.ts";

const OPTIONS = {
  recursive: true,
  followSymlinks: true,
  events: ["create", "delete", "move", "moved_from", "moved_to"],
} as const satisfies WatchOptions;

/**
 * What is reported of the tree that a script makes in `root`, as `initial`, and what
 * is reported when another one changes it. `..` is not watched.
 */
const ROWS: [
  name: string,
  before: string,
  initial: string[],
  change: string,
  reported: string[],
][] = [
  [
    "follows a link to what is outside",
    "mkdir ../out; touch ../out/a; ln -s ../out l",
    ["l", "l/a"],
    "touch ../out/b; mkdir ../out/d; touch ../out/d/c; mv ../out/a ../out/e",
    [
      "create l/b",
      "create l/d/",
      "create l/d/c synthetic",
      "move l/a -> l/e",
    ],
  ],
  [
    "follows a link that is new",
    "mkdir -p d/e; touch d/e/a",
    ["d/", "d/e/", "d/e/a"],
    "ln -s d/e l",
    ["create l", "create l/a synthetic"],
  ],
  [
    "reports by each path what several links lead to",
    "mkdir d; ln -s d l; ln -s d m",
    ["d/", "l", "m"],
    "touch d/a",
    ["create d/a", "create l/a", "create m/a"],
  ],
  [
    "follows a link to a link that is pointed elsewhere",
    "mkdir ../a ../b; touch ../a/x ../b/y; ln -s a ../m; ln -s ../m l",
    ["l", "l/x"],
    "ln -sfn b ../m",
    ["create l/y synthetic", "delete l/x synthetic"],
  ],
  [
    "follows a link that is pointed elsewhere",
    "mkdir ../a ../b; touch ../a/x ../b/y; ln -s ../a l",
    ["l", "l/x"],
    "ln -s ../b n; mv -T n l",
    [
      "create l/y synthetic",
      "create n",
      "delete l/x synthetic",
      "move n -> l",
    ],
  ],
  [
    "reports what a link leads to when it comes to be",
    "ln -s ../out l",
    ["l"],
    "mkdir ../out; touch ../out/a",
    ["create l/a synthetic"],
  ],
  [
    "reports what a link led to when it is gone",
    "mkdir ../out; touch ../out/a; ln -s ../out l",
    ["l", "l/a"],
    "rm -r ../out",
    ["delete l/a"],
  ],
  [
    "reports what was below a link that is deleted",
    "mkdir -p ../out/d; touch ../out/d/a; ln -s ../out l",
    ["l", "l/d/", "l/d/a"],
    "rm l",
    ["delete l", "delete l/d/ synthetic", "delete l/d/a synthetic"],
  ],
  [
    "cuts loops",
    "mkdir -p a/b; ln -s ../.. a/b/top; ln -s . here; ln -s .. a/up; ln -s self self",
    ["a/", "a/b/", "a/b/top", "a/up", "here", "self"],
    "touch a/b/x",
    ["create a/b/x"],
  ],
  [
    "cuts a loop of two links",
    "mkdir a b; ln -s ../b a/l; ln -s ../a b/m",
    ["a/", "a/l", "a/l/m", "b/", "b/m", "b/m/l"],
    "touch a/x b/y",
    [
      "create a/l/y",
      "create a/x",
      "create b/m/x",
      "create b/y",
    ],
  ],
  [
    "finds links again in a directory that is moved",
    "mkdir -p ../out a/b; touch ../out/x; ln -s $PWD/../out a/b/l",
    ["a/", "a/b/", "a/b/l", "a/b/l/x"],
    "mv a c",
    ["create c/b/l/x synthetic", "delete a/b/l/x synthetic", "move a/ -> c/"],
  ],
  [
    "follows links to files as before",
    "touch ../a; ln -s ../a l",
    ["l"],
    "echo > ../a; rm l",
    ["delete l"],
  ],
];

for (const [name, before, initial, change, reported] of ROWS) {
  Deno.test(`\`followSymlinks\` ${name}`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("root");
    runScript(before, root);
    for (const isInitial of [true, false]) {
      const watcher = await watch(root, { ...OPTIONS, initial: isInitial });
      await using observed = new Observation(watcher, root);
      const lines = isInitial
        ? initial.map((path) => `create ${path} synthetic`)
        : [];
      assertEquals((await observed.take()).sort(), lines.sort());
      if (isInitial) continue;
      runScript(change, root);
      const seen = await observed.take();
      assertEquals(seen.toSorted(), reported.toSorted(), seen.join("\n"));
    }
  });
}

Deno.test("`followSymlinks` respects filters, `maxDepth` and `relative`", async () => {
  using directory = new TestDirectory();
  runScript(
    `mkdir -p out/d/e out/skip root; touch out/d/e/a out/skip/b out/c
    ln -s ../out root/l; ln -s ../out root/no`,
    directory.path,
  );
  const watcher = await watch(directory.at("root"), {
    ...OPTIONS,
    initial: true,
    relative: true,
    maxDepth: 3,
    exclude: ["skip", "/no"],
  });
  await using observed = new Observation(watcher, "");
  assertEquals((await observed.take()).sort(), [
    "create l synthetic",
    "create l/c synthetic",
    "create l/d/ synthetic",
    "create l/d/e/ synthetic",
  ]);
});

Deno.test("`followSymlinks` heals after an overflow", async () => {
  using directory = new LargeDirectory();
  runScript(
    "mkdir -p a b r/c r/d; touch a/x b/y; ln -s ../a r/l",
    directory.path,
  );
  const root = directory.at("r");
  const watcher = await watch(root, OPTIONS);
  await using observed = new Observation(watcher, root);
  overflowQueue([directory.at("r/c"), directory.at("r/d")]);
  runScript("ln -sfn ../b r/l; touch b/z", directory.path);
  assertEquals((await observed.take()).sort(), [
    "create l/y synthetic",
    "create l/z synthetic",
    "delete l/x synthetic",
    "overflow",
  ]);
});

Deno.test("`followSymlinks` releases everything", async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p out/d r; ln -s ../out r/l", directory.path);
  const before = countDescriptors();
  const root = directory.at("r");
  const watcher = await watch(root, OPTIONS);
  assertEquals(watcher.watchCount, countWatches());
  assertEquals(watcher.paths, [root]);
  runScript("rm r/l", directory.path);
  await watcher.sync();
  assertEquals(countWatches(), 1 + countAbove(root));
  watcher.remove(root);
  await watcher.sync();
  assertEquals(countWatches(), 0);
  await watcher.close();
  assertEquals(countDescriptors(), before);
});

Deno.test("`followSymlinks` follows a link that changes places with its directory", async () => {
  using directory = new TestDirectory();
  // The link leads to itself, and after that to the directory.
  runScript('mkdir d; touch d/a; ln -s "$PWD/l" l', directory.path);
  const watcher = await watch(directory.path, OPTIONS);
  await using observed = new Observation(watcher, directory.path);
  exchange(directory.at("l"), directory.at("d"));
  const paths = new Set(
    (await observed.take()).map((line) =>
      line.replace(/^.*?([^ ]+)( synthetic)?$/, "$1")
    ),
  );
  assertEquals(paths, new Set(["d", "l/", "l/a", "d/a"]));
  directory.file("l/b");
  assertEquals((await observed.take()).sort(), ["create d/b", "create l/b"]);
});

Deno.test("`followSymlinks` reports a change of the directory at the path of the link", async () => {
  using directory = new TestDirectory();
  runScript("mkdir d; ln -s d l", directory.path);
  const options = { ...OPTIONS, events: ["attrib"] } as const;
  const watcher = await watch(directory.path, options);
  await using observed = new Observation(watcher, directory.path);
  runScript("chmod 700 d", directory.path);
  assertEquals((await observed.take()).sort(), ["attrib d/", "attrib l"]);
});

Deno.test('`followSymlinks: "none"` watches a given link itself', async () => {
  using directory = new TestDirectory();
  runScript("mkdir d; ln -s d l", directory.path);
  const watcher = await watch(directory.at("l"), {
    recursive: true,
    followSymlinks: "none",
  });
  await using observed = new Observation(watcher, directory.path);
  runScript("touch d/a; rm l", directory.path);
  const lines = await observed.take();
  assertEquals(lines.filter((line) => line.includes("/a")), []);
  assertEquals(lines.filter((line) => line.startsWith("delete")), ["delete l"]);
});
