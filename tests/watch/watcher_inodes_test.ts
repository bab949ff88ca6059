/** Several paths that lead to one inode. */

import { play, type Scenario } from "../support/scenario.ts";

const RECURSIVE = { recursive: true };

const SCENARIOS: Scenario[] = [
  {
    does: "reports a path that is given twice once",
    given: "mkdir -p root/a",
    watch: ["root", "root", "root/", "./root", "root/./"],
    options: RECURSIVE,
    steps: [["mkdir root/a/b", ["create root/a/b/"]]],
    watches: 3,
  },
  {
    does: "reports a given path below another one once",
    given: "mkdir -p root/a/b",
    watch: ["root", "root/a"],
    options: RECURSIVE,
    steps: [
      ["mkdir root/a/b/c", ["create root/a/b/c/"]],
      ["chmod 700 root/a", ["attrib root/a/"]],
      ["mv root/a/b root/b", ["move root/a/b/ -> root/b/"]],
      ["mkdir root/b/d", ["create root/b/d/"]],
      ["mv root/a root/new", ["move_self root/a", "move root/a/ -> root/new/"]],
      ["mkdir root/new/a", ["create root/new/a/"]],
    ],
    watches: 6,
  },
  {
    does: "reports a given path above another one once",
    given: "mkdir -p root/a/b",
    watch: ["root/a", "root"],
    options: RECURSIVE,
    steps: [
      ["mkdir root/a/b/c", ["create root/a/b/c/"]],
      ["mv root/a/b root/b", ["move root/a/b/ -> root/b/"]],
      ["rm -r root/a", ["delete_self root/a", "delete root/a/"]],
      ["rm -r root", [
        "delete root/b/c/",
        "delete root/b/",
        "delete_self root",
        "end",
      ]],
    ],
    watches: 0,
  },
  {
    does: "reports a given file in a watched directory once",
    given: "mkdir root; echo > root/file",
    watch: ["root", "root/file"],
    steps: [
      ["echo >> root/file", ["modify root/file", "close_write root/file"]],
      ["mv root/file root/a; mv root/a root/file", [
        "move root/file -> root/a",
        "move root/a -> root/file",
      ]],
      [": > root/new; mv root/new root/file", [
        "create root/new",
        "close_write root/new",
        "move root/new -> root/file",
      ]],
      [": >> root/file", ["close_write root/file"]],
    ],
    watches: 2,
  },
  {
    does: "reports a directory by each of two paths",
    given: "mkdir -p root/a; ln -s root link",
    watch: ["root", "link"],
    options: RECURSIVE,
    steps: [
      ["mkdir root/a/b", ["create root/a/b/", "create link/a/b/"]],
      ["mv root/a/b root/c", [
        "move link/a/b/ -> link/c/",
        "move root/a/b/ -> root/c/",
      ]],
      [": > root/c/d", [
        "create root/c/d",
        "create link/c/d",
        "close_write root/c/d",
        "close_write link/c/d",
      ]],
      ["rm link", ["delete_self link"]],
      ["mkdir root/c/e", ["create root/c/e/"]],
    ],
    isUnordered: true,
    watches: 4,
  },
  {
    does: "reports a file by each of two hard links",
    given: "echo > 1; ln 1 2; mkdir a; ln 1 a/3",
    watch: ["1", "2"],
    steps: [
      ["echo >> 1", ["modify 1", "modify 2", "close_write 1", "close_write 2"]],
      ["echo >> 2", ["modify 2", "modify 1", "close_write 2", "close_write 1"]],
      ["chmod 600 a/3", ["attrib 1", "attrib 2"]],
      ["rm 1", ["attrib 1", "attrib 2", "delete 1"]],
      [": >> a/3", ["close_write 2"]],
      ["ln 2 1", ["attrib 2", "create 1"]],
      [": >> a/3", ["close_write 1", "close_write 2"]],
      ["echo > new; mv new 1", ["moved_to 1", "attrib 2"]],
      [": >> 1", ["close_write 1"]],
      [": >> 2", ["close_write 2"]],
    ],
    isUnordered: true,
    watches: 2,
  },
];

for (const scenario of SCENARIOS) {
  Deno.test(`\`watch()\` ${scenario.does}`, () => play(scenario));
}
