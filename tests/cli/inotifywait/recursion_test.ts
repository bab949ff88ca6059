/** The command on whole trees, with skipped paths. */

import { assertEquals } from "@std/assert";
import { Command } from "../../support/command.ts";
import { LargeDirectory, TestDirectory } from "../../support/directory.ts";
import { LocalCommand } from "../../support/local_command.ts";
import { countAbove, countWatches } from "../../support/process.ts";
import { slowWalk } from "../../support/slow_walk.ts";
import { settle, until } from "../../support/until.ts";

Deno.test("`cli.ts -r` reports every file in 500 new directories", async () => {
  using directory = new LargeDirectory();
  await using command = await LocalCommand.ready(["-r", directory.path]);
  const expected = new Set<string>();
  for (let i = 0; i < 500; i++) {
    for (const path of [`${i}`, `${i}/x`, `${i}/x/y`]) {
      expected.add(directory.directory(path));
    }
    expected.add(directory.file(`${i}/x/y/file`));
  }
  const created: string[] = [];
  while (created.length < expected.size) {
    const { type, path } = JSON.parse(await command.stdout.line());
    if (type === "create") created.push(path);
  }
  assertEquals(new Set(created), expected);
  assertEquals(countWatches(), 1501 + countAbove(directory.path));
});

Deno.test("`cli.ts -r` notes how many directories it watches", async () => {
  using directory = new TestDirectory();
  {
    await using command = new LocalCommand(["-r", "--json", directory.path]);
    assertEquals(await command.stderr.line(), "inotify: Watching 1 directory");
    const watches = 1 + countAbove(directory.path);
    assertEquals(JSON.parse(await command.stdout.line()), {
      type: "ready",
      watches,
    });
    Deno.mkdirSync(directory.at("a/b/c"), { recursive: true });
    directory.file("a/b/c/d");
    await command.stdout.linesUntil(directory.at("a/b/c/d"));
  }
  await using command = new LocalCommand(["-r", directory.path]);
  assertEquals(await command.stderr.line(), "inotify: Watching 4 directories");
});

interface Filtering {
  args: string[];
  /** How many watches there are at the start. */
  watches: number;
  /** The entries whose events are reported. */
  reported: string[];
}

/** The tree of each row; a directory has a slash at its end. */
const TREE = [
  "a.ts",
  "src/",
  "src/b.ts",
  "src/c.js",
  "src/deps/",
  "src/deps/d.ts",
  "deps/",
  "deps/e/",
  "deps/e/f.ts",
];

const FILTERINGS: Filtering[] = [
  { args: [], watches: 1, reported: ["a.ts", "src/", "deps/"] },
  { args: ["-r"], watches: 5, reported: TREE },
  {
    args: ["-r", "--max-depth", "1"],
    watches: 1,
    reported: ["a.ts", "src/", "deps/"],
  },
  {
    args: ["-r", "--max-depth", "2"],
    watches: 3,
    reported: TREE.slice(0, -1).filter((path) => path !== "src/deps/d.ts"),
  },
  {
    args: ["-r", "--include", "\\.ts$"],
    watches: 5,
    reported: TREE.filter((path) => path.endsWith(".ts")),
  },
  {
    args: ["-r", "--include", "/b\\.", "--includei", "\\.JS$"],
    watches: 5,
    reported: ["src/b.ts", "src/c.js"],
  },
  {
    args: ["-r", "--exclude", "/deps$"],
    watches: 2,
    reported: TREE.filter((path) => !path.includes("deps")),
  },
  {
    args: ["-r", "--exclude", "/e$", "--excludei", "/SRC"],
    watches: 2,
    reported: ["a.ts", "deps/"],
  },
  {
    args: ["-r", "--exclude", "/src$", "--include", "deps"],
    watches: 3,
    reported: ["deps/", "deps/e/", "deps/e/f.ts"],
  },
  {
    args: ["-r", "--ignore", "deps"],
    watches: 2,
    reported: TREE.filter((path) => !path.includes("deps")),
  },
  {
    args: ["-r", "--ignore", "/deps/", "--ignore", "*.js"],
    watches: 3,
    reported: ["a.ts", "src/", "src/b.ts", "src/deps/", "src/deps/d.ts"],
  },
  {
    args: ["-r", "--ignore", "deps/*", "--ignore", "b.ts/"],
    watches: 4,
    reported: TREE.slice(0, 7),
  },
];

for (const { args, watches, reported } of FILTERINGS) {
  Deno.test(`\`cli.ts\` reports the right entries with ${args.join(" ") || "no flag"}`, async () => {
    using directory = new TestDirectory();
    make(directory);
    const options = ["-e", "create,attrib", ...args, directory.path];
    await using command = await LocalCommand.ready(options);
    const expected = watches + countAbove(directory.path);
    assertEquals(countWatches(), expected);
    for (const path of TREE) Deno.chmodSync(directory.at(path), 0o700);
    assertEquals(await pathsSoFar(command, directory, reported), reported);

    // The same for new entries.
    for (const path of ["src", "deps", "a.ts"]) {
      Deno.removeSync(directory.at(path), { recursive: true });
    }
    make(directory);
    assertEquals(await pathsSoFar(command, directory, reported), reported);
    await settle(() => countWatches() === expected);
    assertEquals(countWatches(), expected);
  });
}

function make(directory: TestDirectory): void {
  for (const path of TREE) {
    if (path.endsWith("/")) directory.directory(path);
    else directory.file(path);
  }
}

/** A file in the root that every row reports. */
const LAST = "b.deps.ts";

/** Returns the reported paths when all of `awaited` are among them. */
async function pathsSoFar(
  { stdout }: LocalCommand,
  directory: TestDirectory,
  awaited: readonly string[],
): Promise<string[]> {
  const paths = new Set<string>();
  const take = async () => {
    const { path, isDirectory } = JSON.parse(await stdout.line());
    paths.add(path.slice(directory.path.length + 1) + (isDirectory ? "/" : ""));
  };
  while (!awaited.every((path) => paths.has(path))) await take();
  directory.file(LAST);
  while (!paths.delete(LAST)) await take();
  Deno.removeSync(directory.at(LAST));
  return TREE.filter((path) => paths.delete(path)).concat(...paths);
}

interface Row {
  does: string;
  args?: string[];
  /** Changes of `in`, which is watched and has `a/file` and `b`, and of `out`, which is not. */
  run: (at: (path: string) => string) => void;
  /** The events as in the columns, with `in` as IN, in any order. */
  events: string[];
}

const ROWS: Row[] = [
  {
    does: "a file moved to another directory",
    run: (at) => Deno.renameSync(at("in/a/file"), at("in/b/new")),
    events: ["move          IN/a/file -> IN/b/new"],
  },
  {
    does: "a moved directory, and then changes in it",
    run: (at) => {
      Deno.renameSync(at("in/a"), at("in/b/c"));
      Deno.chmodSync(at("in/b/c/file"), 0o600);
    },
    events: [
      "attrib        IN/b/c/file",
      "move          IN/a/ -> IN/b/c/",
    ],
  },
  {
    does: "all kinds of moves with `-e move`",
    args: ["-e", "move"],
    run: (at) => {
      Deno.renameSync(at("in/a/file"), at("in/b/file"));
      Deno.renameSync(at("in/a"), at("out/a"));
      Deno.renameSync(at("out"), at("in/c"));
      Deno.chmodSync(at("in/c"), 0o700);
    },
    events: [
      "move          IN/a/file -> IN/b/file",
      "moved_from    IN/a/",
      "moved_to      IN/c/",
    ],
  },
  {
    does: "a rename with `-e moved_to`",
    args: ["-e", "moved_to"],
    run: (at) => {
      Deno.renameSync(at("in/a/file"), at("in/a/new"));
      Deno.renameSync(at("in/a"), at("out/a"));
    },
    events: ["move          IN/a/file -> IN/a/new"],
  },
  {
    does: "a rename with `-e moved_from`",
    args: ["-e", "moved_from"],
    run: (at) => {
      Deno.renameSync(at("in/a/file"), at("in/a/new"));
      Deno.renameSync(at("out"), at("in/out"));
    },
    events: ["move          IN/a/file -> IN/a/new"],
  },
  {
    does: "a move to a skipped path as one out of the tree",
    args: ["--ignore", "b"],
    run: (at) => Deno.renameSync(at("in/a"), at("in/b/c")),
    events: ["moved_from    IN/a/"],
  },
  {
    does: "what is below a link with `-L`",
    args: ["-L"],
    run: (at) => {
      Deno.mkdirSync(at("out/d"));
      Deno.symlinkSync(at("out"), at("in/link"));
    },
    events: ["create        IN/link", "create        IN/link/d/"],
  },
  {
    does: "names that a terminal would obey, as they are",
    run: (at) => {
      Deno.mkdirSync(at("in/\x1b[2J"));
      Deno.renameSync(at("in/a/file"), at("in/b/\x1b]0;"));
    },
    events: [
      "create        IN/\x1b[2J/",
      "move          IN/a/file -> IN/b/\x1b]0;",
    ],
  },
];

for (const { does, args = [], run, events } of ROWS) {
  Deno.test(`\`cli.ts -r\` reports ${does}`, async () => {
    using directory = new TestDirectory();
    for (const path of ["out", "in", "in/a", "in/b"]) directory.directory(path);
    directory.file("in/a/file");
    const last = directory.file("in/last");
    await using command = new LocalCommand(["-r", ...args, directory.at("in")]);
    await command.stderr.line();
    run((path) => directory.at(path));
    const line = async () =>
      (await command.stdout.line()).slice("00:00:00.000 ".length)
        .replaceAll(directory.at("in"), "IN");
    const lines = [];
    while (lines.length < events.length) lines.push(await line());
    assertEquals(lines.sort(), events);
    Deno.renameSync(last, directory.at("in/end"));
    assertEquals(await line(), "move          IN/last -> IN/end");
  });
}

Deno.test("`cli.ts -r --json` prints one event per line for any names", async () => {
  using directory = new TestDirectory();
  await using command = await LocalCommand.ready(["-r", directory.path]);
  const [a, b] = [directory.at("a\n\x1b[2J"), directory.at('"\\\u202e\n')];
  Deno.mkdirSync(a);
  Deno.renameSync(a, b);
  Deno.writeTextFileSync(`${b}/\n`, "");
  const paths = new Set<string>();
  while (!paths.has(`${b}/\n`)) {
    paths.add(JSON.parse(await command.stdout.line()).path);
  }
  assertEquals([...paths.difference(new Set([a, b, `${b}/\n`]))], []);
});

Deno.test("`cli.ts --json` marks changes that it found by listing as synthetic", async () => {
  using directory = new TestDirectory();
  using beside = new TestDirectory();
  await using command = await LocalCommand.ready(["-r", directory.path]);
  Deno.mkdirSync(beside.at("a"));
  Deno.writeTextFileSync(beside.at("a/b"), "");
  Deno.renameSync(beside.at("a"), directory.at("a"));
  const events = [await command.stdout.line(), await command.stdout.line()];
  assertEquals(events.map((line) => ({ ...JSON.parse(line), time: "" })), [
    { type: "moved_to", path: directory.at("a"), isDirectory: true, time: "" },
    {
      type: "create",
      path: directory.at("a/b"),
      isDirectory: false,
      synthetic: true,
      time: "",
    },
  ]);
});

Deno.test("`cli.ts --wait` waits for a path, and again after it is deleted", async () => {
  using directory = new TestDirectory();
  const path = directory.at("a/b");
  await using command = await LocalCommand.ready(["-r", "--wait", path]);
  for (let times = 0; times < 2; times++) {
    Deno.mkdirSync(`${path}/c`, { recursive: true });
    await command.stdout.linesUntil(`"create","path":"${path}/c"`);
    Deno.removeSync(directory.at("a"), { recursive: true });
    await command.stdout.linesUntil(`"delete_self","path":"${path}"`);
  }
  await command.kill("SIGTERM");
  assertEquals((await command.end()).code, 143);
});

Deno.test("`cli.ts -r` can be interrupted before it watches everything", async () => {
  using directory = new TestDirectory();
  await using command = new Command(slowWalk(directory));
  await until(() => countWatches(command.pid) > 0);
  command.kill("SIGINT");
  const stderr = "inotify: Interrupted, exiting\n";
  assertEquals(await command.end(), { code: 130, stdout: "", stderr });
});
