import { assertEquals, assertMatch } from "@std/assert";
import { watch, type WatchOptions, type WatchWarning } from "../../mod.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Observation } from "../support/observation.ts";
import { countAbove, countWatches } from "../support/process.ts";
import { runScript } from "../support/script.ts";

const OPTIONS = {
  recursive: true,
  gitignore: true,
  events: ["create", "delete", "move", "moved_from", "moved_to"],
} as const satisfies WatchOptions;

/**
 * A script that creates a tree and the `initial` events of it; then a script that
 * changes the tree and its events. A `.git` directory makes a repository.
 */
const ROWS: [
  name: string,
  before: string,
  initial: string[],
  change: string,
  reported: string[],
][] = [
  [
    "reads a `.gitignore` at every level",
    "mkdir .git a b; touch a/x a/y b/x; echo y > .gitignore; echo x > a/.gitignore",
    [".gitignore", "a/", "a/.gitignore", "b/", "b/x"],
    "touch a/x a/y a/z b/y",
    ["create a/z"],
  ],
  [
    "reads no `.gitignore` in an ignored directory",
    "mkdir a; touch a/x; echo '!x' > a/.gitignore; echo a > .gitignore",
    [".gitignore"],
    "touch a/y; echo '!a/y' >> .gitignore",
    [],
  ],
  [
    "applies a new `.gitignore` at once",
    "mkdir a; touch a/x.o a/y",
    ["a/", "a/x.o", "a/y"],
    "echo '*.o' > .gitignore",
    ["create .gitignore", "delete a/x.o synthetic"],
  ],
  [
    "reports entries that a `.gitignore` does not ignore any more",
    "mkdir a; touch a/x a/y; echo a > .gitignore",
    [".gitignore"],
    "echo x > .gitignore",
    ["create a/ synthetic", "create a/y synthetic"],
  ],
  [
    "applies a `.gitignore` that is moved",
    "mkdir a b; touch a/x b/x; echo x > a/.gitignore",
    ["a/", "a/.gitignore", "b/", "b/x"],
    "mv a/.gitignore b",
    [
      "move a/.gitignore -> b/.gitignore",
      "create a/x synthetic",
      "delete b/x synthetic",
    ],
  ],
  [
    "applies other rules to a directory that is moved",
    "mkdir -p a/c b; touch a/c/x a/c/y; echo x > a/.gitignore; echo y > b/.gitignore",
    ["a/", "a/.gitignore", "a/c/", "a/c/y", "b/", "b/.gitignore"],
    "mv a/c b",
    [
      "move a/c/ -> b/c/",
      "create b/c/x synthetic",
      "delete b/c/y synthetic",
    ],
  ],
  [
    "reports a move to an ignored name as `moved_from`",
    "touch a; echo '*.o' > .gitignore",
    [".gitignore", "a"],
    "mv a a.o; mv a.o b",
    ["moved_from a", "moved_to b"],
  ],
  [
    "reads `info/exclude` and the file that `core.excludesFile` names",
    `mkdir -p .git/info; touch a b c; echo a > .git/info/exclude
    printf '[core]\\n\\texcludesFile = %s/global' "$PWD" > .git/config
    echo b > global; echo '!c' > .gitignore`,
    [".gitignore", "c", "global"],
    "touch .git/x",
    [],
  ],
  [
    "follows a nested repository by its own rules",
    "mkdir -p .git a/.git b/.git; touch a/x a/y b/x; echo x > .gitignore; echo y > a/.gitignore; echo b >> .gitignore",
    [".gitignore", "a/", "a/.gitignore", "a/x"],
    "rmdir a/.git",
    ["delete a/x synthetic"],
  ],
  [
    "reads the repository of a worktree",
    `mkdir -p ../main/info ../main/worktrees/it; echo a > ../main/info/exclude
    echo ../.. > ../main/worktrees/it/commondir
    echo "gitdir: ../main/worktrees/it" > .git; touch a b`,
    ["b"],
    "rm .git",
    ["create a synthetic"],
  ],
  [
    "ignores a `.gitignore` that is a directory or a FIFO",
    "mkdir .gitignore a; touch a/x; mkfifo a/.gitignore",
    [".gitignore/", "a/", "a/.gitignore", "a/x"],
    "touch b",
    ["create b"],
  ],
];

for (const [name, before, initial, change, reported] of ROWS) {
  Deno.test(`\`gitignore\` ${name}`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("root");
    runScript(before, root);
    const watcher = await watch(root, { ...OPTIONS, initial: true });
    await using observed = new Observation(watcher, root);
    const lines = initial.map((path) => `create ${path} synthetic`);
    assertEquals((await observed.take()).sort(), lines.sort());
    const directories = initial.filter((path) => path.endsWith("/")).length;
    assertEquals(countWatches(), 1 + directories + countAbove(root));
    runScript(change, root);
    assertEquals((await observed.take()).sort(), reported.toSorted());
  });
}

Deno.test("`gitignore` applies the rules above a watched path, up to the repository", async () => {
  using directory = new TestDirectory();
  runScript(
    `mkdir -p r/.git r/a/b; cd r; echo x > ../.gitignore; echo 'a/b/y' > .gitignore
    echo z > a/.gitignore; touch a/b/x a/b/y a/b/z`,
    directory.path,
  );
  const root = directory.at("r/a/b");
  const watcher = await watch(root, { ...OPTIONS, initial: true });
  await using observed = new Observation(watcher, root);
  assertEquals(await observed.take(), ["create x synthetic"]);
});

Deno.test("`gitignore` does not ignore a watched path itself", async () => {
  using directory = new TestDirectory();
  runScript(
    "mkdir -p .git dist; echo dist > .gitignore; touch dist/a",
    directory.path,
  );
  const root = directory.at("dist");
  const watcher = await watch(root, { ...OPTIONS, initial: true });
  await using observed = new Observation(watcher, root);
  assertEquals(await observed.take(), ["create a synthetic"]);
});

Deno.test("`gitignore` warns once about each `.gitignore` that cannot be read", async () => {
  using directory = new TestDirectory();
  runScript(
    `mkdir a; ln -s x .gitignore; head -c 1100000 /dev/zero > a/.gitignore`,
    directory.path,
  );
  const warnings: WatchWarning[] = [];
  const watcher = await watch(directory.path, {
    ...OPTIONS,
    onWarning: (warning) => warnings.push(warning),
  });
  await using observed = new Observation(watcher, directory.path);
  runScript("mv a b; touch x b/y", directory.path);
  assertEquals(await observed.take(), [
    "move a/ -> b/",
    "create x",
    "create b/y",
  ]);
  const [link, long] = warnings;
  assertEquals(link!.path, directory.at(".gitignore"));
  assertMatch(link!.reason, /^Too many levels of symbolic links/);
  assertEquals(long!.path, directory.at("a/.gitignore"));
  assertMatch(long!.reason, /longer than 1048576 bytes$/);
});

Deno.test("`gitignore` reads the rules again after an overflow", async () => {
  using directory = new LargeDirectory();
  runScript("mkdir a b; touch a/x a/y; echo y > .gitignore", directory.path);
  const watcher = await watch(directory.path, OPTIONS);
  await using observed = new Observation(watcher, directory.path);
  overflowQueue([directory.at("a"), directory.at("b")]);
  runScript("echo x > .gitignore", directory.path);
  assertEquals((await observed.take()).sort(), [
    "create a/y synthetic",
    "delete a/x synthetic",
    "overflow",
  ]);
});
