/** Moves of given files. */

import { play, type Scenario } from "../support/scenario.ts";

const RECURSIVE = { recursive: true };

const SCENARIOS: Scenario[] = [
  {
    does: "reports a move from one given file to another",
    given: "mkdir a; : > a/1; : > a/2; mkdir b; : > b/3",
    watch: ["a/1", "a/2", "b/3"],
    steps: [
      ["mv a/1 a/2", ["move a/1 -> a/2"]],
      ["mv a/2 b/3", ["move a/2 -> b/3"]],
      [": >> b/3", ["close_write b/3"]],
      ["mv b/3 a/1", ["move b/3 -> a/1"]],
      [": >> a/1", ["close_write a/1"]],
    ],
    watches: 3,
  },
  {
    does: "reports a move between a given file and a tree",
    given: "mkdir -p root/a other; : > other/file",
    watch: ["root", "other/file"],
    options: RECURSIVE,
    steps: [
      ["mv other/file root/a/b", ["move other/file -> root/a/b"]],
      [": >> root/a/b", ["close_write root/a/b"]],
      ["mv root/a/b other/file", ["move root/a/b -> other/file"]],
      [": >> other/file", ["close_write other/file"]],
      ["mv other/file other/new", ["moved_from other/file"]],
      ["mv other/new other/file", ["moved_to other/file"]],
    ],
    watches: 4,
  },
  {
    does: "reports a move of a given file within its tree once",
    given: "mkdir -p root/a; : > root/file",
    watch: ["root/file", "root"],
    options: RECURSIVE,
    steps: [
      ["mv root/file root/a/file", ["move root/file -> root/a/file"]],
      ["mv root/a/file root/file", ["move root/a/file -> root/file"]],
      ["rm root/file", ["attrib root/file", "delete root/file"]],
      [": > root/file", ["create root/file", "close_write root/file"]],
    ],
    watches: 3,
  },
  {
    does: "reports a move of the target of a given link",
    given: "mkdir a b; : > a/file; ln -s a/file link",
    watch: ["link", "b/file"],
    options: { missing: "wait" },
    steps: [
      ["mv a/file b/file", ["move link -> b/file"]],
      ["mv b/file a/file", ["move b/file -> link"]],
      [": >> a/file", ["close_write link"]],
    ],
    watches: 4,
  },
];

for (const scenario of SCENARIOS) {
  Deno.test(`\`watch()\` ${scenario.does}`, () => play(scenario));
}
