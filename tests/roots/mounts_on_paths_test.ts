/** File systems that are mounted and unmounted on and above given paths. */

import { hasNamespaces, WITH_MOUNTS } from "../support/namespaces.ts";
import { playAllWithin, type Scenario } from "../support/scenario.ts";

const RECURSIVE = { recursive: true };
const WAITING = { recursive: true, missing: "wait" } as const;

const SCENARIOS: Scenario[] = [
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
  name: "`watch()` follows mounts on and above a path",
  ignore: !hasNamespaces,
  fn: (t) => playAllWithin(WITH_MOUNTS, SCENARIOS, t),
});
