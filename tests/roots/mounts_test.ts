/** File systems that are mounted and unmounted below given paths. */

import { hasNamespaces, WITH_MOUNTS } from "../support/namespaces.ts";
import { playAllWithin, type Scenario } from "../support/scenario.ts";

const RECURSIVE = { recursive: true };

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
];

Deno.test({
  name: "`watch()` follows mounts below a path",
  ignore: !hasNamespaces,
  fn: (t) => playAllWithin(WITH_MOUNTS, SCENARIOS, t),
});
