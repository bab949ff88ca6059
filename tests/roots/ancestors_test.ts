/** Changes of the directories above a given path. */

import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { Observation } from "../support/observation.ts";
import { play, type Scenario } from "../support/scenario.ts";

const RECURSIVE = { recursive: true };
const WAITING = { recursive: true, missing: "wait" } as const;

const SCENARIOS: Scenario[] = [
  {
    does: "ends when a directory above is renamed",
    given: "mkdir -p a/b/root/c",
    watch: ["a/b/root"],
    options: RECURSIVE,
    steps: [["mv a z; mkdir z/b/root/d", ["move_self a/b/root", "end"]]],
    watches: 0,
  },
  {
    does: "ends when a directory above is exchanged for another",
    given: "mkdir -p a/root/c z/root/d",
    watch: ["a/root"],
    options: RECURSIVE,
    steps: [["mv a y; mv z a; mkdir a/root/e y/root/f", [
      "move_self a/root",
      "end",
    ]]],
    watches: 0,
  },
  {
    does: "ends when the directory of a file is renamed",
    given: "mkdir a; : > a/file",
    watch: ["a/file"],
    steps: [["mv a z; echo > z/file", [
      "delete a/file synthetic",
      "delete_self a/file",
      "end",
    ]]],
    watches: 0,
  },
  {
    does: "follows the file that takes the place of another by a rename above",
    given: "mkdir a z; : > a/file; : > z/file",
    watch: ["a/file"],
    steps: [
      ["mv a y; mv z a", ["modify a/file synthetic"]],
      [": >> y/file", []],
      [": >> a/file", ["close_write a/file"]],
    ],
    watches: 2,
  },
  {
    does: "waits for a directory above that was renamed",
    given: "mkdir -p a/b/root/c",
    watch: ["a/b/root"],
    options: WAITING,
    steps: [
      ["mv a z", ["delete a/b/root/c/ synthetic", "move_self a/b/root"]],
      ["mkdir z/b/root/d", []],
      ["mkdir -p a/b", []],
      ["mv z/b/root a/b", [
        "create a/b/root/ synthetic",
        "create a/b/root/c/ synthetic",
        "create a/b/root/d/ synthetic",
      ]],
      ["mkdir a/b/root/c/e", ["create a/b/root/c/e/"]],
    ],
    isUnordered: true,
    watches: 6,
  },
  {
    does: "follows the directory to which a rename above leads",
    given: "mkdir -p a/root/c z/root/d",
    watch: ["a/root"],
    options: { missing: "wait" },
    steps: [
      ["mv a y; mv z a", [
        "delete a/root/c/ synthetic",
        "move_self a/root",
        "create a/root/ synthetic",
        "create a/root/d/ synthetic",
      ]],
      [": > a/root/file; : > y/root/file", [
        "create a/root/file",
        "close_write a/root/file",
      ]],
    ],
    watches: 2,
  },
  {
    does: "follows the directory to which a link above is pointed",
    given: "mkdir -p 1/root/c 2/root/d; ln -s 1 link",
    watch: ["link/root"],
    options: WAITING,
    steps: [
      ["ln -s 2 new; mv -T new link", [
        "delete link/root/c/ synthetic",
        "delete_self link/root",
        "create link/root/ synthetic",
        "create link/root/d/ synthetic",
      ]],
      ["mkdir 1/root/e 2/root/f", ["create link/root/f/"]],
      ["rm link", [
        "delete link/root/d/ synthetic",
        "delete link/root/f/ synthetic",
        "delete_self link/root",
      ]],
      ["mkdir -p link/root", ["create link/root/ synthetic"]],
      ["mkdir link/root/g", ["create link/root/g/"]],
    ],
    isUnordered: true,
    watches: 3,
  },
  {
    does: "reports nothing if a directory above is back at once",
    given: "mkdir -p a/root/c",
    watch: ["a/root"],
    options: RECURSIVE,
    steps: [
      ["mv a z; mv z a", []],
      ["mkdir a/root/c/d", ["create a/root/c/d/"]],
    ],
    watches: 4,
  },
];

for (const scenario of SCENARIOS) {
  Deno.test(`\`watch()\` ${scenario.does}`, () => play(scenario));
}

Deno.test("`watch()` waits for a directory that is deleted while it is open", async () => {
  using directory = new TestDirectory();
  const path = directory.at("a/b/root");
  Deno.mkdirSync(path, { recursive: true });
  await using reported = new Observation(
    await watch(path, { missing: "wait" }),
    directory.path,
  );
  const held = ["a", "a/b", "a/b/root"].map((name) =>
    Deno.openSync(directory.at(name))
  );
  try {
    for (const name of ["a/b/root", "a/b", "a"]) {
      Deno.removeSync(directory.at(name));
      await reported.watcher.sync();
    }
    assertEquals(await reported.take(), ["delete_self a/b/root"]);
    Deno.mkdirSync(path, { recursive: true });
    directory.file("a/b/root/file");
    assertEquals(await reported.take(), [
      "create a/b/root/ synthetic",
      "create a/b/root/file synthetic",
    ]);
    // In one go, so that only the remaining directory can have an event.
    Deno.removeSync(directory.at("a"), { recursive: true });
    Deno.mkdirSync(path, { recursive: true });
    assertEquals(await reported.take(), [
      "delete a/b/root/file",
      "delete_self a/b/root",
      "create a/b/root/ synthetic",
    ]);
  } finally {
    for (const each of held) each.close();
  }
});

Deno.test("`watch()` ends when a directory is deleted while it is open", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("root");
  await using reported = new Observation(await watch(path), directory.path);
  using _held = Deno.openSync(path);
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  assertEquals(await reported.take(), ["delete_self root", "end"]);
});
