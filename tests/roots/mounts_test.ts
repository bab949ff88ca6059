/** File systems that are mounted and unmounted on, above and below given paths. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { run } from "../support/program.ts";
import {
  assertOutcome,
  type Outcome,
  type Scenario,
} from "../support/scenario.ts";

const WITH_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"];

const RECURSIVE = { recursive: true };
const WAITING = { recursive: true, missing: "wait" } as const;

const SCENARIOS: Scenario[] = [
  {
    does: "follows what is mounted below a path, and what is there afterwards",
    given: "mkdir -p root/a/b",
    watch: ["root"],
    options: RECURSIVE,
    steps: [
      ["mount -t tmpfs none root/a; mkdir root/a/new", [
        "delete root/a/b/ synthetic",
        "delete root/a/ synthetic",
        "create root/a/ synthetic",
        "create root/a/new/ synthetic",
      ]],
      ["mkdir root/a/new/1", ["create root/a/new/1/"]],
      ["umount root/a; mkdir root/a/b/c", [
        "unmount root/a",
        "delete root/a/new/1/ synthetic",
        "delete root/a/new/ synthetic",
        "create root/a/b/ synthetic",
        "create root/a/b/c/ synthetic",
      ]],
    ],
    isUnordered: true,
    watches: 4,
  },
  {
    does: "reports nothing of a directory that is covered",
    given: "mkdir -p root/a/b kept; mount --bind root/a kept",
    watch: ["root"],
    options: RECURSIVE,
    steps: [
      ["mount -t tmpfs none root/a", [
        "delete root/a/b/ synthetic",
        "delete root/a/ synthetic",
        "create root/a/ synthetic",
      ]],
      ["mkdir kept/b/c kept/d", []],
      ["mkdir root/a/new", ["create root/a/new/"]],
    ],
    isUnordered: true,
    watches: 3,
  },
  {
    does: "continues below a file system that is unmounted",
    given: "mkdir -p root/a/b; mount -t tmpfs none root/a; mkdir -p root/a/c/d",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["mkdir root/a/c/d/e", ["create root/a/c/d/e/"]], [
      "umount root/a",
      [
        "unmount root/a",
        "delete root/a/c/d/e/ synthetic",
        "delete root/a/c/d/ synthetic",
        "delete root/a/c/ synthetic",
        "create root/a/b/ synthetic",
      ],
    ], ["mkdir root/a/b/c", ["create root/a/b/c/"]]],
    isUnordered: true,
    watches: 4,
  },
  {
    does:
      "follows what is mounted on its path, and ends when that is unmounted",
    given: "mkdir -p root/a; : > root/file",
    watch: ["root"],
    options: RECURSIVE,
    steps: [
      ["mount -t tmpfs none root; mkdir root/b; : > root/file", [
        "modify root/file synthetic",
        "create root/b/ synthetic",
        "delete root/a/ synthetic",
      ]],
      ["mkdir root/b/c", ["create root/b/c/"]],
      ["umount root", ["unmount root", "end"]],
    ],
    isUnordered: true,
    watches: 0,
  },
  {
    does: "follows its path through mounts on it if it waits",
    given: "mkdir -p root/a; : > root/file",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["mount -t tmpfs none root; mkdir root/b; : > root/file", [
        "modify root/file synthetic",
        "create root/b/ synthetic",
        "delete root/a/ synthetic",
      ]],
      ["mkdir root/b/c", ["create root/b/c/"]],
      ["umount root; mkdir root/a/d", [
        "unmount root",
        "delete root/b/c/ synthetic",
        "delete root/b/ synthetic",
        "modify root/file synthetic",
        "create root/a/ synthetic",
        "create root/a/d/ synthetic",
      ]],
    ],
    isUnordered: true,
    watches: 3,
  },
  {
    does: "ends when a mount above its path hides it",
    given: "mkdir -p a/root/b",
    watch: ["a/root"],
    options: RECURSIVE,
    steps: [["mount -t tmpfs none a", ["delete_self a/root", "end"]]],
    isUnordered: true,
    watches: 0,
  },
  {
    does: "waits for what a mount above its path hides",
    given: "mkdir -p a/root/b; ln -s a link",
    watch: ["link/root"],
    options: WAITING,
    steps: [["mount -t tmpfs none a", [
      "delete link/root/b/ synthetic",
      "delete_self link/root",
    ]], ["mkdir -p a/root/c", [
      "create link/root/ synthetic",
      "create link/root/c/ synthetic",
    ]], ["umount a; mkdir a/root/b/d", [
      "unmount link/root",
      "create link/root/b/ synthetic",
      "create link/root/b/d/ synthetic",
      "delete link/root/c/ synthetic",
    ]]],
    isUnordered: true,
    watches: 5,
  },
  {
    does: "finds what a mount brings",
    given: "mkdir a",
    watch: ["a/root", "a/file"],
    options: WAITING,
    steps: [["mount -t tmpfs none a; mkdir -p a/root/b; : > a/file", [
      "create a/root/ synthetic",
      "create a/file synthetic",
      "create a/root/b/ synthetic",
    ]], ["umount a", [
      "unmount a/root",
      "delete a/root/b/ synthetic",
      "delete_self a/root",
      "delete a/file synthetic",
    ]]],
    isUnordered: true,
    watches: 1,
  },
  {
    does: "follows mounts that are stacked on each other",
    given: "mkdir -p root/a/1",
    watch: ["root"],
    options: RECURSIVE,
    steps: [[
      "mount -t tmpfs none root/a; mkdir root/a/2; mount -t tmpfs none root/a; mkdir root/a/3",
      [
        "delete root/a/1/ synthetic",
        "delete root/a/ synthetic",
        "create root/a/ synthetic",
        "create root/a/3/ synthetic",
      ],
    ], ["umount root/a", [
      "unmount root/a",
      "delete root/a/3/ synthetic",
      "create root/a/2/ synthetic",
    ]], ["umount root/a", [
      "unmount root/a",
      "delete root/a/2/ synthetic",
      "create root/a/1/ synthetic",
    ]]],
    isUnordered: true,
    watches: 3,
  },
  {
    does: "follows mounts within mounts that end together",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: RECURSIVE,
    steps: [[
      "mount -t tmpfs none root/a; mkdir -p root/a/b/c; mount -t tmpfs none root/a/b; mkdir -p root/a/b/d/e",
      [
        "delete root/a/ synthetic",
        "create root/a/ synthetic",
        "create root/a/b/ synthetic",
        "create root/a/b/d/ synthetic",
        "create root/a/b/d/e/ synthetic",
      ],
    ], ["umount -l root/a; mkdir root/a/f", [
      "unmount root/a",
      "delete root/a/b/d/e/ synthetic",
      "delete root/a/b/d/ synthetic",
      "delete root/a/b/ synthetic",
      "create root/a/f/ synthetic",
    ]]],
    isUnordered: true,
    watches: 3,
  },
  {
    does: "follows a bind mount that ends while it is in use",
    given: "mkdir -p root/a/1 other/2/3",
    watch: ["root"],
    options: RECURSIVE,
    steps: [
      ["mount --bind other root/a", [
        "delete root/a/1/ synthetic",
        "delete root/a/ synthetic",
        "create root/a/ synthetic",
        "create root/a/2/ synthetic",
        "create root/a/2/3/ synthetic",
      ]],
      ["mkdir other/2/4", ["create root/a/2/4/"]],
      ["cd root/a/2; umount -l ../../a", [
        "unmount root/a",
        "delete root/a/2/3/ synthetic",
        "delete root/a/2/4/ synthetic",
        "delete root/a/2/ synthetic",
        "create root/a/1/ synthetic",
      ]],
      ["mkdir other/2/5 root/a/6", ["create root/a/6/"]],
    ],
    isUnordered: true,
    watches: 4,
  },
  {
    does: "reports a bind mount by each of its paths",
    given: "mkdir -p root/a/b root/c; mount --bind root/a root/c",
    watch: ["root"],
    options: RECURSIVE,
    steps: [
      ["mkdir root/c/b/d", ["create root/a/b/d/", "create root/c/b/d/"]],
      ["mv root/a/b root/a/e", [
        "move root/a/b/ -> root/a/e/",
        "move root/c/b/ -> root/c/e/",
      ]],
      ["rmdir root/c/e/d; mkdir root/a/e/f", [
        "delete root/a/e/d/",
        "delete root/c/e/d/",
        "create root/a/e/f/",
        "create root/c/e/f/",
      ]],
      ["umount root/c; mkdir root/c/g root/a/h", [
        "create root/a/h/",
        "create root/c/h/",
        "unmount root/c",
        "delete root/c/h/ synthetic",
        "delete root/c/e/f/ synthetic",
        "delete root/c/e/ synthetic",
        "create root/c/g/ synthetic",
      ]],
    ],
    isUnordered: true,
    watches: 7,
  },
  {
    does: "finds nothing new where a directory is mounted on itself",
    given: "mkdir -p root/a/1; : > root/a/file",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["mount --bind root/a root/a; mount --bind root root", []], [
      "mkdir root/a/1/3",
      ["create root/a/1/3/"],
    ]],
    isUnordered: true,
    watches: 4,
  },
  {
    does: "follows a mount of a directory that is deleted",
    given: "mkdir -p root/a/1 other; mount --bind other root/a; rmdir other",
    watch: ["root"],
    options: RECURSIVE,
    steps: [
      ["true", []],
      ["umount root/a; mkdir root/a/2", [
        "unmount root/a",
        "create root/a/1/ synthetic",
        "create root/a/2/ synthetic",
      ]],
    ],
    isUnordered: true,
    watches: 4,
  },
  {
    does: "follows a path on which a deleted directory is mounted",
    given: "mkdir -p root/a other; mount --bind other root; rmdir other",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["true", []],
      ["umount root", [
        "delete_self root",
        "create root/ synthetic",
        "create root/a/ synthetic",
      ]],
    ],
    isUnordered: true,
    watches: 2,
  },
  {
    does: "follows a mount that is moved",
    given:
      "mkdir root; mount -t tmpfs none root; mount --make-private root; mkdir root/a root/b; mount -t tmpfs none root/a; mkdir root/a/1",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["mount -n --move root/a root/b", [
      "move root/a/ -> root/b/ synthetic",
      "create root/a/ synthetic",
    ]], ["mkdir root/b/1/2 root/a/3", [
      "create root/b/1/2/",
      "create root/a/3/",
    ]]],
    isUnordered: true,
    watches: 6,
  },
  {
    does: "follows a mount below a directory that is renamed",
    given: "mkdir -p root/a/b; mount -t tmpfs none root/a/b; mkdir root/a/b/1",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["mv root/a root/c", ["move root/a/ -> root/c/"]], [
      "mkdir root/c/b/1/2",
      ["create root/c/b/1/2/"],
    ], ["umount root/c/b; mkdir root/c/b/3", [
      "unmount root/c/b",
      "create root/c/b/3/ synthetic",
      "delete root/c/b/1/2/ synthetic",
      "delete root/c/b/1/ synthetic",
    ]]],
    isUnordered: true,
    watches: 4,
  },
  {
    does: "follows a file that is mounted over a given one",
    given: "mkdir root; : > root/file; : > other",
    watch: ["root/file"],
    steps: [["mount --bind other root/file", ["modify root/file synthetic"]], [
      ": >> other",
      ["close_write root/file"],
    ], ["umount root/file; : >> other", [
      "close_write root/file",
      "modify root/file synthetic",
    ]], [": >> root/file", ["close_write root/file"]]],
    isUnordered: true,
    watches: 2,
  },
  {
    does: "follows paths of which one is below the other, and a mount between",
    given: "mkdir -p root/a/b/c",
    watch: ["root", "root/a/b"],
    options: RECURSIVE,
    steps: [["mount -t tmpfs none root/a; mkdir -p root/a/b/new", [
      "delete_self root/a/b",
      "delete root/a/b/c/ synthetic",
      "delete root/a/b/ synthetic",
      "delete root/a/ synthetic",
      "create root/a/ synthetic",
      "create root/a/b/ synthetic",
      "create root/a/b/new/ synthetic",
    ]], ["umount root/a; mkdir root/a/b/f", [
      "unmount root/a",
      "delete root/a/b/new/ synthetic",
      "create root/a/b/f/ synthetic",
      "create root/a/b/c/ synthetic",
    ]]],
    isUnordered: true,
    watches: 5,
  },
  {
    does: "ends when the file system of its path is unmounted",
    given: "mkdir root; mount -t tmpfs none root; mkdir -p root/a/b",
    watch: ["root/a"],
    options: { recursive: true, events: [] },
    steps: [["umount root", ["unmount root/a", "end"]]],
    isUnordered: true,
    watches: 0,
  },
];

Deno.test({
  name: "`watch()` follows mounts",
  ignore: !hasNamespaces,
  async fn(t) {
    using directory = new TestDirectory();
    const input = JSON.stringify({
      module: import.meta.resolve("../support/perform.ts"),
      scenarios: SCENARIOS,
      paths: SCENARIOS.map((_, i) => directory.directory(`${i}`)),
    });
    // In one process, since each takes longer than all scenarios.
    const { value, error } = await run(async (_, input) => {
      const { module, scenarios, paths } = JSON.parse(input);
      const { perform } = await import(module);
      const outcomes: unknown[] = [];
      for (const [i, path] of paths.entries()) {
        outcomes.push(await perform(scenarios[i], path));
      }
      return outcomes;
    }, { within: WITH_MOUNTS, permissions: ["--allow-all"], input });
    assertEquals(error, undefined);
    for (const [i, scenario] of SCENARIOS.entries()) {
      const outcome = (value as Outcome[])[i]!;
      await t.step(scenario.does, () => assertOutcome(outcome, scenario));
    }
  },
});
