import { assert, assertEquals, assertThrows } from "@std/assert";
import { watchFs, type WatchFsOptions } from "../watch_fs.ts";
import { TestDirectory } from "./support/directory.ts";
import { FsObservation } from "./support/fs_observation.ts";
import { overflowQueue } from "./support/flood.ts";
import { hasNamespaces, limited } from "./support/namespaces.ts";
import { type Outcome, run } from "./support/program.ts";
import { runScript } from "./support/script.ts";
import { writeBeside } from "./support/writer.ts";

type WatchFs = typeof watchFs;

interface Scenario {
  /** What `watchFs()` does. */
  does: string;
  /** The script that makes what is there before, besides the directory `w`. */
  given?: string;
  /** What to watch, relative to the working directory. */
  watch?: string | string[];
  options?: WatchFsOptions;
  /** A script, and the events that it leads to. */
  steps: [script: string, events: string[]][];
  /** What `Deno.watchFs` does instead. */
  original?: string;
}

const SCENARIOS: Scenario[] = [
  {
    does: "tells what happens to a file",
    steps: [
      ["echo > w/a", ["create w/a", "modify w/a", "access w/a"]],
      ["echo >> w/a", ["modify w/a", "access w/a"]],
      ["chmod 600 w/a", ["modify w/a"]],
      ["touch -d @1 w/a", ["modify w/a", "access w/a"]],
      ["truncate -s 9 w/a", ["modify w/a", "access w/a"]],
      ["ln w/a w/b", ["create w/b"]],
      ["rm w/b", ["remove w/b"]],
    ],
  },
  {
    does: "does not tell that something was read",
    given: "echo > w/a",
    steps: [["cat w/a; ls w", []]],
  },
  {
    does: "tells what happens to a directory",
    steps: [
      ["mkdir w/a", ["create w/a"]],
      ["rmdir w/a", ["remove w/a"]],
    ],
  },
  {
    does: "tells what happens in a new directory",
    steps: [
      ["mkdir w/a", ["create w/a"]],
      ["echo > w/a/b", ["create w/a/b", "modify w/a/b", "access w/a/b"]],
      ["rm w/a/b", ["remove w/a/b"]],
      ["rmdir w/a", ["remove w/a"]],
    ],
  },
  {
    does: "tells of a move under the old name, the new one and both",
    given: "echo > w/a; mkdir w/d",
    steps: [
      ["mv w/a w/b", ["remove w/a", "rename w/b", "rename w/a w/b"]],
      ["mv w/b w/d/c", ["remove w/b", "rename w/d/c", "rename w/b w/d/c"]],
      ["mv w/d w/e", ["remove w/d", "rename w/e", "rename w/d w/e"]],
      ["echo >> w/e/c", ["modify w/e/c", "access w/e/c"]],
    ],
  },
  {
    does: "tells of a file that replaces another",
    given: "echo > w/a; echo > w/b",
    steps: [
      ["mv w/a w/b", ["remove w/a", "rename w/b", "rename w/a w/b"]],
      ["echo >> w/b", ["modify w/b", "access w/b"]],
    ],
  },
  {
    does: "tells of what comes and goes",
    given: "echo > a",
    steps: [
      ["mv a w/a", ["rename w/a"]],
      ["mv w/a a", ["remove w/a"]],
    ],
  },
  {
    does: "tells of no more than names in a directory that is not recursive",
    given: "mkdir w/a",
    options: { recursive: false },
    steps: [
      ["mkdir w/b", ["create w/b"]],
      ["echo > w/a/b; echo > w/b/c", []],
    ],
  },
  {
    does: "is recursive where that is left open",
    given: "mkdir w/a",
    options: {},
    steps: [["mkdir w/a/b", ["create w/a/b"]]],
  },
  {
    does: "gives absolute paths, whatever the form of what it was given",
    watch: "./w/../w//",
    steps: [["mkdir w/a", ["create w/a"]]],
  },
  {
    does: "gives the path through a symbolic link that it was given",
    given: "ln -s w link",
    watch: "link",
    steps: [["mkdir w/a", ["create link/a"]]],
  },
  {
    does: "does not follow a symbolic link below",
    given: "mkdir out; ln -s ../out w/link",
    steps: [["mkdir out/a", []]],
  },
  {
    does: "tells once what lies below several paths",
    given: "mkdir w/a",
    watch: ["w", "w/a", "w"],
    steps: [["mkdir w/a/b", ["create w/a/b"]]],
  },
  {
    does: "tells of several paths",
    given: "mkdir v; echo > v/a",
    watch: ["w", "v/a"],
    steps: [
      ["mkdir w/b", ["create w/b"]],
      ["echo > v/c", []],
      ["chmod 600 v/a", ["modify v/a"]],
    ],
  },
  {
    does: "watches the working directory as an empty path",
    watch: "",
    steps: [["mkdir w/a", ["create w/a"]]],
    original: "watches nothing",
  },
  {
    does: "passes by what `ignore` names",
    given: "mkdir w/a w/ab",
    options: { ignore: "w/a" },
    steps: [
      ["echo > w/a/b; chmod 700 w/a", []],
      ["mkdir w/ab/c", ["create w/ab/c"]],
    ],
  },
  {
    does: "passes by each of what `ignore` names, in whatever form",
    given: "mkdir w/a w/b; ln -s w link",
    options: { ignore: ["./w/../w/a/", "link/b"] },
    steps: [["echo > w/a/x; echo > w/b/x", []]],
  },
  {
    does: "passes by what `ignore` names through a symbolic link",
    given: "mkdir w/a; ln -s w link",
    watch: "link",
    options: { ignore: "w/a" },
    steps: [
      ["echo > w/a/x", []],
      ["mkdir w/b", ["create link/b"]],
    ],
  },
  {
    does: "watches nothing that is ignored as a whole",
    options: { ignore: "w" },
    steps: [["mkdir w/a", []]],
  },
  {
    does: "watches nothing if it is given nothing",
    watch: [],
    steps: [["mkdir w/a", []]],
  },
  {
    does: "passes by what `ignore` names once it is there",
    options: { ignore: "w/a" },
    steps: [
      ["mkdir w/a", []],
      ["mkdir w/a/b", []],
      ["mv w/a w/c", ["rename w/c", "create w/c/b"]],
    ],
    original: "tells what happens below it",
  },
  {
    does: "tells what is in a new directory",
    steps: [[
      "mkdir -p w/a/b; echo > w/a/b/c",
      ["create w/a", "create w/a/b", "create w/a/b/c", "modify w/a/b/c"],
    ]],
    original: "misses it",
  },
  {
    does: "tells what is in a directory that comes in",
    given: "mkdir a; echo > a/b",
    steps: [["mv a w/a", ["rename w/a", "create w/a/b", "modify w/a/b"]]],
    original: "misses it",
  },
  {
    does: "tells of a symbolic link to nothing like of any other",
    steps: [
      ["ln -s nothing w/a", ["create w/a"]],
      ["rm w/a", ["remove w/a"]],
    ],
    original: "tells that it was removed",
  },
  {
    does: "tells of what is deleted with its directory",
    given: "mkdir w/a; echo > w/a/b; echo > w/a/c",
    steps: [["rm w/a/b w/a/c; rmdir w/a", [
      "remove w/a/b",
      "remove w/a/c",
      "remove w/a",
    ]]],
    original: "misses it if the directory is gone by then",
  },
  {
    does: "follows a file that is replaced",
    given: "echo > w/a",
    watch: "w/a",
    steps: [
      ["echo > w/b", []],
      ["mv w/b w/a", ["rename w/a"]],
      ["chmod 600 w/a", ["modify w/a"]],
      ["rm w/a", ["modify w/a", "remove w/a"]],
      ["mkdir w/b; echo > w/b/a", []],
      ["mv w/b/a w/a", ["rename w/a"]],
    ],
    original: "hears of nothing after it was replaced",
  },
  {
    does: "follows a directory that is made again",
    steps: [
      ["rmdir w", ["remove w"]],
      ["mkdir w", ["create w"]],
      ["mkdir w/a", ["create w/a"]],
      ["mv w v", ["remove w"]],
      ["rmdir v/a; mkdir v/b", []],
      ["mv v w", ["create w", "create w/b"]],
    ],
    original: "hears of nothing after it was gone",
  },
];

// Earlier versions told other events, and threw when they were closed twice.
const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
const isKnown = major === 2 && minor >= 9;

for (const scenario of SCENARIOS) {
  Deno.test(`\`watchFs()\` ${scenario.does}`, () => perform(watchFs, scenario));
  if (scenario.original !== undefined) continue;
  Deno.test({
    name: `\`watchFs()\` ${scenario.does}, like \`Deno.watchFs()\``,
    ignore: !isKnown,
    fn: () => perform(Deno.watchFs as WatchFs, scenario),
  });
}

async function perform(
  watchFs: WatchFs,
  { given = "", watch = "w", options, steps }: Scenario,
): Promise<void> {
  using directory = new TestDirectory();
  runScript(`mkdir w marks; ${given}`, directory.path);
  const watcher = within(directory, () =>
    watchFs(
      [watch, directory.at("marks")].flat(),
      ...options ? [options] : [],
    ));
  await using told = new FsObservation(watcher, directory.path);
  for (const [script, events] of steps) {
    runScript(script, directory.path);
    assertEquals([script, await told.take(events.length)], [script, events]);
  }
}

/** Runs `body` with `directory` as the working directory. */
function within<T>(directory: TestDirectory, body: () => T): T {
  const before = Deno.cwd();
  Deno.chdir(directory.path);
  try {
    return body();
  } finally {
    Deno.chdir(before);
  }
}

const WATCHERS: Record<string, WatchFs> = {
  "`watchFs()`": watchFs,
  ...isKnown && { "`Deno.watchFs()`": Deno.watchFs as WatchFs },
};

for (const [name, watchFs] of Object.entries(WATCHERS)) {
  const errors: [does: string, path: string, Class: new () => Error][] = [
    ["a path that does not exist", "nothing", Deno.errors.NotFound],
    ["a path below a file", "file/a", Deno.errors.NotADirectory],
    ["a path with a NUL byte", "a\0b", TypeError],
  ];
  for (const [does, path, Class] of errors) {
    Deno.test(`${name} throws at once for ${does}`, () => {
      using directory = new TestDirectory();
      directory.file("file");
      assertThrows(() => watchFs([directory.path, directory.at(path)]), Class);
    });
  }

  Deno.test(`${name} has watched all when it returns`, async () => {
    using directory = new TestDirectory();
    const path = directory.at("a/b/c/d");
    Deno.mkdirSync(path, { recursive: true });
    const watcher = watchFs(directory.path);
    Deno.mkdirSync(`${path}/e`);
    const { value } = await watcher[Symbol.asyncIterator]().next();
    assertEquals([value.kind, value.paths], ["create", [`${path}/e`]]);
    await watcher.return!();
  });

  Deno.test(`${name} ends when it is closed, and is closed but once`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    const events = watcher[Symbol.asyncIterator]();
    const pending = [events.next(), events.next()];
    watcher.close();
    const end = { done: true, value: undefined } as const;
    assertEquals(await Promise.all(pending), [end, end]);
    watcher.close();
    watcher[Symbol.dispose]();
    assertEquals(await events.next(), end);
    assertEquals(await watcher.return!(1), { done: true, value: 1 });
  });

  Deno.test(`${name} tells nothing once it is closed`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    const events = watcher[Symbol.asyncIterator]();
    directory.directory("a");
    assert(!(await events.next()).done);
    directory.directory("b");
    directory.directory("c");
    watcher.close();
    assert((await events.next()).done);
  });

  Deno.test(`${name} ends when a loop over it is left`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    directory.directory("a");
    for await (const _ of watcher) break;
    assert((await watcher[Symbol.asyncIterator]().next()).done);
  });

  Deno.test(`${name} is its own iterator`, async () => {
    using directory = new TestDirectory();
    const watcher = watchFs(directory.path);
    assert(Object.is(watcher[Symbol.asyncIterator](), watcher));
    await watcher.return!();
  });

  Deno.test(`${name} keeps the order for several who wait`, async () => {
    using directory = new TestDirectory();
    directory.file("a");
    const watcher = watchFs(directory.path);
    const events = watcher[Symbol.asyncIterator]();
    const pending = [1, 2, 3].map(() => events.next());
    Deno.renameSync(directory.at("a"), directory.at("b"));
    const told = await Promise.all(pending);
    assertEquals(told.map(({ value }) => value.kind), [
      "remove",
      "rename",
      "rename",
    ]);
    await watcher.return!();
  });
}

const UNREADABLE: Record<string, () => Promise<Outcome>> = {
  "`watchFs()`": () => watchUnreadable(({ watchFs }, path) => watchFs(path)),
  "`Deno.watchFs()`": () => watchUnreadable((_, path) => Deno.watchFs(path)),
};

for (const [name, watch] of Object.entries(UNREADABLE)) {
  Deno.test({
    name: `${name} throws at once for a directory below that may not be read`,
    ignore: !hasNamespaces,
    async fn() {
      const { error } = await watch();
      assertEquals(error?.name, "PermissionDenied");
    },
  });
}

async function watchUnreadable(
  watch: Parameters<typeof run>[0],
): Promise<Outcome> {
  using directory = new TestDirectory();
  runScript("chmod 755 .; mkdir a; chmod 0 a", directory.path);
  return await run(watch, {
    // Nobody's capabilities reach outside of the namespace.
    within: ["unshare", "--user"],
    permissions: ["--allow-ffi", "--allow-read"],
    input: directory.path,
  });
}

Deno.test("`watchFs()` needs no permission but `--allow-ffi`", async () => {
  using directory = new TestDirectory();
  assertEquals(
    await run(({ watchFs }, path) => watchFs(path).close(), {
      input: directory.path,
    }),
    {},
  );
});

Deno.test("`watchFs()` throws at once when it is out of watches", {
  ignore: !hasNamespaces,
}, async () => {
  using directory = new TestDirectory();
  runScript("mkdir -p a/b c", directory.path);
  const { error } = await run(({ watchFs }, path) => watchFs(path), {
    within: limited("watches", 3),
    input: directory.path,
  });
  assertEquals(error?.name, "WatchLimitError");
});

Deno.test("`watchFs()` tells of an overflow, and then what it has missed", async () => {
  using directory = new TestDirectory();
  runScript("mkdir a b; echo > gone", directory.path);
  const watcher = watchFs(directory.path);
  overflowQueue([directory.at("a"), directory.at("b")]);
  runScript("rm gone; mkdir new; echo > new/file", directory.path);
  const events: string[] = [];
  for await (const { kind, paths, flag } of watcher) {
    const names = paths.map((path) => path.slice(directory.path.length + 1));
    if (events.length > 0 || flag === "rescan") {
      events.push([kind, ...names].join(" "));
    }
    if (events.at(-1) === "modify new/file") break;
  }
  assertEquals(events[0], "other");
  assertEquals(events.filter((event) => !/^modify [ab]$/.test(event)), [
    "other",
    "remove gone",
    "create new",
    "create new/file",
    "modify new/file",
  ]);
  await watcher.return!();
});

Deno.test("`watchFs()` tells of each of 20,000 files of a burst once", async () => {
  using directory = new TestDirectory();
  for (let i = 0; i < 10; i++) directory.directory(`${i}`);
  const created = collect("create", 20_000, watchFs(directory.path));
  await writeBeside(directory.path, (path) => {
    for (let i = 0; i < 20_000; i++) {
      Deno.writeTextFileSync(`${path}/${i % 10}/${i}`, "text");
    }
  });
  const files = Array.from({ length: 20_000 }, (_, i) => `${i % 10}/${i}`);
  const expected = files.map((name) => directory.at(name));
  assertEquals((await created).sort(), expected.sort());
});

Deno.test("`watchFs()` tells what is in each of 500 new directories", async () => {
  using directory = new TestDirectory();
  const created = collect("create", 2000, watchFs(directory.path));
  await writeBeside(directory.path, (path) => {
    for (let i = 0; i < 500; i++) {
      Deno.mkdirSync(`${path}/${i}/x/y`, { recursive: true });
      Deno.writeTextFileSync(`${path}/${i}/x/y/file`, "text");
    }
  });
  const names = ["", "/x", "/x/y", "/x/y/file"];
  const expected = Array.from({ length: 500 }, (_, i) => i)
    .flatMap((i) => names.map((name) => directory.at(`${i}${name}`)));
  assertEquals((await created).sort(), expected.sort());
});

/** The paths of the first `count` events of `kind`. */
async function collect(
  kind: Deno.FsEvent["kind"],
  count: number,
  watcher: Deno.FsWatcher,
): Promise<string[]> {
  const collected: string[] = [];
  for await (const event of watcher) {
    if (event.kind === kind) collected.push(...event.paths);
    if (collected.length >= count) break;
  }
  return collected;
}
