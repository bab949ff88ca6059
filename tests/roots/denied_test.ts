/** Permissions hide a path for a while. */

import { hasUnprivileged, unprivileged } from "../support/privileges.ts";
import { playWithin, type Scenario } from "../support/scenario.ts";

const WAIT = { missing: "wait" } as const;

/** More events than fit into the kernel's queue. */
const FLOOD = "seq 17000 | xargs touch; seq 17000 | xargs rm";

const SCENARIOS: Scenario[] = [
  {
    does: "watches a file alone whose directory may not be listed",
    given: "mkdir private; : > private/key; chmod 100 private",
    watch: ["private/key"],
    steps: [
      ["true", ["unwatched private EACCES"]],
      [": >> private/key", ["close_write private/key"]],
      ["chmod 700 private; : > new; mv new private/key; chmod 100 private", [
        "modify private/key synthetic",
      ]],
      [": >> private/key", ["close_write private/key"]],
      ["chmod 700 private; rm private/key", ["delete private/key synthetic"]],
      [": > private/key", ["create private/key", "close_write private/key"]],
    ],
    watches: 2,
  },
  {
    does: "waits for a link with two names whose directory may not be listed",
    given: "mkdir private other; : > file; ln -s ../file private/link; " +
      "ln -P private/link other/link; chmod 300 private",
    watch: ["private/link"],
    options: WAIT,
    steps: [
      ["rm private/link", [
        "unwatched private EACCES",
        "delete private/link synthetic",
      ]],
    ],
    watches: 0,
  },
  {
    does: "waits for a file whose directory may not be gone into",
    given: "mkdir -p a/b; : > a/b/file; chmod 0 a/b",
    watch: ["a/b/file"],
    options: WAIT,
    steps: [
      ["true", ["unwatched a/b EACCES", "unwatched a/b/file EACCES"]],
      ["chmod 700 a/b", ["create a/b/file synthetic"]],
      [": >> a/b/file", ["close_write a/b/file"]],
      ["cd a/b; chmod 0 ../../a; : >> file", [
        "unwatched a EACCES",
        "close_write a/b/file",
      ]],
      ["chmod 700 a; mv a/b/file a/b/old", ["moved_from a/b/file"]],
      ["chmod 0 a/b; chmod 700 a/b; : > a/b/file", [
        "create a/b/file",
        "close_write a/b/file",
      ]],
    ],
    watches: 3,
  },
  {
    does: "waits for a directory that may not be read",
    given: "mkdir -p root/sub; chmod 0 root",
    watch: ["root"],
    options: { ...WAIT, recursive: true },
    steps: [
      ["true", ["unwatched root EACCES"]],
      ["chmod 700 root", [
        "create root/ synthetic",
        "create root/sub/ synthetic",
      ]],
      ["mkdir root/sub/new", ["create root/sub/new/"]],
    ],
    watches: 3,
  },
  ...[{}, WAIT].map((options) => ({
    does: `follows a directory whose path may not be read for a while, with ${
      JSON.stringify(options)
    }`,
    given: "mkdir -p a/root/sub",
    watch: ["a/root"],
    options: { ...options, recursive: true },
    steps: [
      ["chmod 0 a/root; chmod 700 a/root; mkdir a/root/1", [
        "attrib a/root/",
        "create a/root/1/",
      ]],
      ["cd a/root; chmod 0 ../../a; mkdir 2", [
        "create a/root/2/",
        "unwatched a/root/2 EACCES",
        "unwatched a EACCES",
      ]],
      ["chmod 700 a", []],
      ["mkdir a/root/2/3", ["create a/root/2/3/"]],
    ],
    watches: 6,
  } satisfies Scenario)),
  {
    does: "waits for another directory at a path that may not be read",
    given: "mkdir -p a/root/sub b",
    watch: ["a/root"],
    options: { ...WAIT, recursive: true },
    steps: [
      ["chmod 0 a", []],
      ["mv a c; mv b a; chmod 0 a", [
        "unwatched a EACCES",
        "delete a/root/sub/ synthetic",
        "move_self a/root",
        "unwatched a/root EACCES",
      ]],
      ["chmod 700 a; mkdir a/root", ["create a/root/ synthetic"]],
    ],
    watches: 2,
  },
  {
    does:
      "finds changes below a directory without permission after an overflow",
    given: "mkdir -p root/secret/sub noise; : > root/secret/sub/file",
    watch: ["root", "noise"],
    options: { recursive: true, events: ["modify"] },
    steps: [
      [
        `cd root/secret/sub; chmod 0 ../../secret; cd ../../../noise; ${FLOOD}`,
        [
          "overflow",
          "unwatched root/secret EACCES",
        ],
      ],
      ["chmod 700 root/secret", []],
    ],
    watches: 4,
  },
];

for (const scenario of SCENARIOS) {
  Deno.test({
    name: `\`watch()\` ${scenario.does}`,
    ignore: !hasUnprivileged,
    fn: () => playWithin(unprivileged, scenario),
  });
}
