import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { watch } from "../../mod.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Observation } from "../support/observation.ts";
import { countDescriptors } from "../support/process.ts";
import { play, type Scenario } from "../support/scenario.ts";
import { turn } from "../support/until.ts";

const NAMES = ["create", "delete", "move", "moved_from", "moved_to"] as const;

const SCENARIOS: Scenario[] = [
  {
    does: "reports only the entries of a directory by default",
    given: "mkdir -p root/a/b",
    watch: ["root"],
    options: { events: NAMES },
    steps: [
      ["mkdir root/new root/a/new root/a/b/new", ["create root/new/"]],
      ["mv root/new root/a/b", ["moved_from root/new/"]],
      ["mv root/a/b root", ["moved_to root/b/"]],
      ["mv root/a root/c; mkdir root/c/d", ["move root/a/ -> root/c/"]],
      ["rm -r root/b root/c", ["delete root/b/", "delete root/c/"]],
    ],
    watches: 1,
  },
  {
    does: "reports entries at any depth with `recursive`",
    given: "mkdir -p root/a/b/c/d",
    watch: ["root"],
    options: { recursive: true },
    steps: [["mkdir root/a/b/c/d/new", ["create root/a/b/c/d/new/"]]],
    watches: 6,
  },
  {
    does: "reports only the entries of a directory with `maxDepth: 1`",
    given: "mkdir -p root/a/b",
    watch: ["root"],
    options: { recursive: true, maxDepth: 1 },
    steps: [
      ["mkdir root/new root/a/new root/a/b/new", ["create root/new/"]],
      ["rm -r root/a", ["delete root/a/"]],
    ],
    watches: 1,
  },
  {
    does: "applies `maxDepth` to directories that move",
    given: "mkdir -p root/a/b/c root/d",
    watch: ["root"],
    options: { recursive: true, maxDepth: 2, events: NAMES },
    steps: [
      ["mkdir root/a/new root/a/b/c/new", ["create root/a/new/"]],
      ["rmdir root/a/b/c/new root/a/new", ["delete root/a/new/"]],
      ["mv root/a/b root", [
        "move root/a/b/ -> root/b/",
        "create root/b/c/ synthetic",
      ]],
      ["mkdir root/b/new", ["create root/b/new/"]],
      ["rmdir root/b/new", ["delete root/b/new/"]],
      ["mv root/b root/d", [
        "move root/b/ -> root/d/b/",
        "delete root/d/b/c/ synthetic",
      ]],
      ["mkdir root/d/b/new", []],
      ["mkdir -p root/e/f/g", ["create root/e/", "create root/e/f/ synthetic"]],
    ],
    watches: 4,
  },
  {
    does: "reports the kinds in `events` and those that are always reported",
    given: "mkdir root; echo > root/file",
    watch: ["root"],
    options: { recursive: true, events: ["delete", "close_write"] },
    steps: [
      ["echo >> root/file; chmod 600 root/file", ["close_write root/file"]],
      ["mkdir -p root/a/b; mv root/a root/c", []],
      ["rm -r root/c", ["delete root/c/b/", "delete root/c/"]],
      ["rm -r root", ["delete root/file", "end"]],
    ],
    watches: 0,
  },
  {
    does: "reports only the kinds that are always reported with `events: []`",
    given: "mkdir root",
    watch: ["root"],
    options: { recursive: true, events: [] },
    steps: [["mkdir -p root/a/b; rm -r root/a", []]],
    watches: 1,
  },
  {
    does: "keeps neither watches nor names of excluded entries",
    given: "mkdir -p root/a root/skip/b",
    watch: ["root"],
    options: { recursive: true, events: NAMES, exclude: [/\/skip(\/|$)/] },
    steps: [
      ["mkdir root/skip/c root/a/b", ["create root/a/b/"]],
      ["mkdir -p root/a/skip/c; rm -r root/a/skip", []],
      ["mkdir root/a/c; echo > root/a/skip", ["create root/a/c/"]],
      ["rm root/a/skip; mv root/skip root/a", []],
      ["mkdir root/a/skip/d; mv root/a/skip root; rm -r root/skip/d", []],
    ],
    watches: 4,
  },
  {
    does: "reports a move between excluded and other paths as a move out or in",
    given: "mkdir -p root/a/b root/skip/c; echo > root/skip/file",
    watch: ["root"],
    options: { recursive: true, events: NAMES, exclude: [/\/skip(\/|$)/] },
    steps: [
      ["mv root/skip/file root/a", ["moved_to root/a/file"]],
      ["mv root/a/file root/a/skip", ["moved_from root/a/file"]],
      ["mv root/a/skip root/file", ["moved_to root/file"]],
      ["mv root/skip root/see", [
        "moved_to root/see/",
        "create root/see/c/ synthetic",
      ]],
      ["mkdir root/see/c/d", ["create root/see/c/d/"]],
      ["mv root/see root/a/skip", ["moved_from root/see/"]],
      ["mkdir root/a/skip/new", []],
      ["mv root/a root/skip", ["moved_from root/a/"]],
    ],
    watches: 1,
  },
  {
    does: "applies `exclude` to everything below a directory that moves",
    given: "mkdir -p root/a/b/c root/skip",
    watch: ["root"],
    options: { recursive: true, events: NAMES, exclude: [/new\/b/] },
    steps: [
      ["mv root/a root/new", [
        "move root/a/ -> root/new/",
        "delete root/new/b/c/ synthetic",
        "delete root/new/b/ synthetic",
      ]],
      ["mkdir root/new/b/d", []],
      ["mv root/new root/a", [
        "move root/new/ -> root/a/",
        "create root/a/b/ synthetic",
        "create root/a/b/c/ synthetic",
        "create root/a/b/d/ synthetic",
      ]],
    ],
    isUnordered: true,
    watches: 6,
  },
  {
    does: "passes to `exclude` whether a path is a directory",
    given: "mkdir -p root/a; echo > root/b",
    watch: ["root"],
    options: {
      recursive: true,
      initial: true,
      events: NAMES,
      exclude: [(_, isDirectory) => !isDirectory, /x$/],
    },
    steps: [
      ["echo > root/a/c; mkdir root/a/x", ["create root/a/ synthetic"]],
      ["mkdir root/a/d", ["create root/a/d/"]],
    ],
    watches: 3,
  },
  {
    does:
      "reports the paths that any filter in `include` matches, and follows all",
    given: "mkdir -p root/a; echo > root/a/1.ts",
    watch: ["root"],
    options: {
      recursive: true,
      events: NAMES,
      include: [/\.ts$/, (path) => path.endsWith(".js")],
    },
    steps: [
      ["echo > root/a/2.ts; echo > root/a/2.js; echo > root/a/2.md", [
        "create root/a/2.ts",
        "create root/a/2.js",
      ]],
      ["mkdir -p root/b/c; echo > root/b/c/3.ts; echo > root/b/c/3.md", [
        "create root/b/c/3.ts synthetic",
      ]],
      ["mv root/b/c/3.md root/b/c/4.ts", [
        "move root/b/c/3.md -> root/b/c/4.ts",
      ]],
      ["mv root/b/c/4.ts root/b/c/3.md", [
        "move root/b/c/4.ts -> root/b/c/3.md",
      ]],
      ["mv root/b root/d; rm root/d/c/3.ts", ["delete root/d/c/3.ts"]],
    ],
    watches: 4,
  },
  {
    does: "accepts an empty `include` or `exclude` as none",
    given: "mkdir root",
    watch: ["root"],
    options: { recursive: true, include: [], exclude: [] },
    steps: [["mkdir root/a", ["create root/a/"]]],
    watches: 2,
  },
  {
    does: "reports existing entries with `initial`",
    given: "mkdir -p root/a/b; echo > root/a/b/c; echo > file",
    watch: ["root", "file"],
    options: { recursive: true, initial: true },
    steps: [
      ["mkdir root/a/new", [
        "create file synthetic",
        "create root/a/ synthetic",
        "create root/a/b/ synthetic",
        "create root/a/b/c synthetic",
        "create root/a/new/",
      ]],
      ["rm root/a/b/c", ["delete root/a/b/c"]],
    ],
    watches: 5,
  },
  {
    does: "reports only watched entries with `initial`",
    given: "mkdir -p root/a/b root/skip/c",
    watch: ["root"],
    options: { initial: true, exclude: [/skip/] },
    steps: [["mkdir root/new", [
      "create root/a/ synthetic",
      "create root/new/",
    ]]],
    watches: 1,
  },
];

for (const scenario of SCENARIOS) {
  Deno.test(`\`watch()\` ${scenario.does}`, () => play(scenario));
}

Deno.test("`highWaterMark` leaves events for a slow consumer in the kernel's queue", async () => {
  using directory = new LargeDirectory();
  const watcher = await watch(directory.path, {
    events: ["create"],
    highWaterMark: 10,
  });
  const events = watcher[Symbol.asyncIterator]();
  const names = Array.from({ length: 2_000 }, (_, i) => directory.at(`${i}`));
  for (const path of names) Deno.writeTextFileSync(path, "");
  const taken = [];
  while (taken.length < names.length) {
    // Between two events, the watcher has enough time to fill the queue.
    if (taken.length % 100 === 0) {
      await turn();
    }
    const { value } = await events.next();
    taken.push(value?.type === "create" ? value.path : value?.type);
  }
  assertEquals(taken, names);
  await watcher.close();
});

Deno.test("`highWaterMark` may cause an overflow, after which all changes are reported", async () => {
  using directory = new LargeDirectory();
  const watcher = await watch(directory.path, {
    recursive: true,
    events: ["create", "delete"],
    highWaterMark: 10,
  });
  directory.directory("a");
  directory.directory("b");
  await watcher.sync();
  overflowQueue([directory.at("a"), directory.at("b")]);
  directory.directory("a/new");
  Deno.removeSync(directory.at("b"));
  const known = new Set<string>();
  const types = new Set<string>();
  const isHealed = () =>
    known.has(directory.at("a/new")) && !known.has(directory.at("b"));
  for await (const event of watcher) {
    types.add(event.type);
    if (event.type === "create") known.add(event.path);
    if (event.type === "delete") known.delete(event.path);
    if (isHealed()) break;
  }
  assertEquals(known.size, 2);
  assert(types.has("overflow"));
});

Deno.test("`watch()` scans no directory after a rename that changes nothing", async () => {
  using directory = new TestDirectory();
  directory.directory("a");
  const watcher = await watch(directory.path, { events: ["move", "open"] });
  await using observed = new Observation(watcher, directory.path);
  Deno.renameSync(directory.at("a"), directory.at("b"));
  assertEquals(await observed.take(), ["move a/ -> b/"]);
  // A scan would cause events after the first `sync()`.
  assertEquals(await observed.take(), []);
});

Deno.test("`signal` makes `watch()` reject if it is aborted already", async () => {
  const before = countDescriptors();
  const reason = new Error("no");
  const signal = AbortSignal.abort(reason);
  const error = await assertRejects(() => watch("/nowhere", { signal }));
  assertStrictEquals(error, reason);
  assertEquals(countDescriptors(), before);
});

Deno.test("`signal` closes the watcher", async () => {
  using directory = new TestDirectory();
  const before = countDescriptors();
  const controller = new AbortController();
  const { signal } = controller;
  const watcher = await watch(directory.path, { signal });
  directory.directory("a");
  await watcher.sync();
  controller.abort(new Error("no"));
  const events = await Array.fromAsync(watcher);
  assertEquals(events.map(({ type }) => type), ["create"]);
  await watcher.close();
  assertEquals(countDescriptors(), before);
});

for (const name of ["highWaterMark", "maxDepth"] as const) {
  for (const value of [0, -1, NaN]) {
    Deno.test(`\`watch()\` rejects ${value} as ${name}, and leaks nothing`, async () => {
      using directory = new TestDirectory();
      const before = countDescriptors();
      await assertRejects(
        () => watch(directory.path, { [name]: value }),
        RangeError,
        `Cannot use ${value} for the option "${name}": expected a number >= 1`,
      );
      assertEquals(countDescriptors(), before);
    });
  }
}
