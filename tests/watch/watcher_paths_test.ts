import { play, type Scenario } from "../support/scenario.ts";

const RECURSIVE = { recursive: true };
const WAITING = { recursive: true, missing: "wait" } as const;

const SCENARIOS: Scenario[] = [
  // A directory
  {
    does: "follows no directory that was renamed",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["mv root new; mkdir new/b", ["move_self root", "end"]]],
    watches: 0,
  },
  {
    does: "ends when the directory is deleted",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["rm -r root; mkdir root", [
      "delete root/a/",
      "delete_self root",
      "end",
    ]]],
    watches: 0,
  },
  {
    does: "ends when another directory replaces the watched one",
    given: "mkdir root; mkdir -p new/a",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["mv -T new root", ["delete_self root", "end"]]],
    watches: 0,
  },
  {
    does: "continues with the remaining directories",
    given: "mkdir 1 2",
    watch: ["1", "2"],
    options: RECURSIVE,
    steps: [
      ["rmdir 1", ["delete_self 1"]],
      ["mkdir 1 1/a 2/a", ["create 2/a/"]],
      ["mv 2 3", ["move_self 2", "end"]],
    ],
    watches: 0,
  },
  {
    does: "waits for a directory that was renamed",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["mv root old", ["delete root/a/ synthetic", "move_self root"]],
      ["mkdir old/b", []],
      ["mkdir root", ["create root/ synthetic"]],
      ["mkdir root/c old/c", ["create root/c/"]],
      ["mv root new; mv old root", [
        "delete root/c/ synthetic",
        "move_self root",
        "create root/ synthetic",
        "create root/a/ synthetic",
        "create root/b/ synthetic",
        "create root/c/ synthetic",
      ]],
      ["mkdir new/d root/d", ["create root/d/"]],
    ],
    isUnordered: true,
    watches: 5,
  },
  {
    does: "waits for a directory that was deleted",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["rm -r root", ["delete root/a/", "delete_self root"]],
      ["mkdir -p root/b/c", [
        "create root/ synthetic",
        "create root/b/ synthetic",
        "create root/b/c/ synthetic",
      ]],
      ["mkdir root/b/c/d", ["create root/b/c/d/"]],
      ["rm -r root; mkdir -p root/e", [
        "delete root/b/c/d/",
        "delete root/b/c/",
        "delete root/b/",
        "delete_self root",
        "create root/ synthetic",
        "create root/e/ synthetic",
      ]],
    ],
    watches: 2,
  },
  {
    does: "follows the directory that replaces another",
    given: "mkdir -p root new/a",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["mv -T new root", [
        "delete_self root",
        "create root/ synthetic",
        "create root/a/ synthetic",
      ]],
      ["mkdir root/a/b", ["create root/a/b/"]],
    ],
    watches: 3,
  },
  {
    does: "waits for the directories above a path",
    given: "",
    watch: ["a/b/c"],
    options: WAITING,
    steps: [
      ["mkdir a", []],
      ["mkdir a/b a/other", []],
      ["mkdir a/b/c a/b/other", ["create a/b/c/ synthetic"]],
      [": > a/b/c/file", ["create a/b/c/file", "close_write a/b/c/file"]],
      ["rm -r a", ["delete a/b/c/file", "delete_self a/b/c"]],
      ["mkdir -p a/b/c/d", [
        "create a/b/c/ synthetic",
        "create a/b/c/d/ synthetic",
      ]],
    ],
    watches: 4,
  },
  {
    does: "waits if a file is where a directory has to be",
    given: ": > a",
    watch: ["a/b"],
    options: WAITING,
    steps: [
      ["rm a; mkdir a", []],
      [": > a/b", ["create a/b", "close_write a/b"]],
      ["rm -r a; : > a", ["attrib a/b", "delete a/b"]],
      ["rm a; mkdir -p a/b", ["create a/b/ synthetic"]],
    ],
    watches: 2,
  },
  {
    does: "follows a path from a directory to a file and back",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["rm -r root; echo > root", [
        "delete root/a/",
        "delete_self root",
        "create root synthetic",
      ]],
      ["echo >> root", ["modify root", "close_write root"]],
      ["rm root; mkdir -p root/b", [
        "attrib root",
        "delete root",
        "create root/ synthetic",
        "create root/b/ synthetic",
      ]],
      ["mkdir root/b/c", ["create root/b/c/"]],
    ],
    watches: 3,
  },

  // A file
  {
    does: "follows a file through atomic saves",
    given: "echo > file",
    watch: ["file"],
    steps: [
      ["echo 1 > new; mv new file", ["moved_to file"]],
      ["echo 2 > new; mv new file", ["moved_to file"]],
      ["echo 3 > new; mv new file", ["moved_to file"]],
      ["echo 4 >> file", ["modify file", "close_write file"]],
    ],
    watches: 1,
  },
  {
    does: "follows a file that is deleted and created again",
    given: "echo > file; mkdir other",
    watch: ["file"],
    steps: [
      ["rm file", ["attrib file", "delete file"]],
      ["echo > other/file", []],
      [": > file", ["create file", "close_write file"]],
      ["rm file; echo > file", [
        "attrib file",
        "delete file",
        "create file",
        "modify file",
        "close_write file",
      ]],
      ["chmod 600 file", ["attrib file"]],
    ],
    watches: 1,
  },
  {
    does: "follows a file that is renamed and comes back",
    given: "echo > file",
    watch: ["file"],
    steps: [
      ["mv file old", ["moved_from file"]],
      ["echo >> old", []],
      ["mv old file", ["moved_to file"]],
      ["mv file old; : > file; echo >> old", [
        "moved_from file",
        "create file",
        "close_write file",
      ]],
    ],
    watches: 1,
  },
  {
    does: "follows a file that becomes a directory",
    given: "echo > file",
    watch: ["file"],
    steps: [
      ["rm file; mkdir file", [
        "attrib file",
        "delete file",
        "create file/ synthetic",
      ]],
      [": > file/a", ["create file/a", "close_write file/a"]],
    ],
    watches: 1,
  },
  {
    does: "waits for a file",
    given: "",
    watch: ["a/file"],
    options: { missing: "wait" },
    steps: [
      ["mkdir a", []],
      [": > a/file", ["create a/file", "close_write a/file"]],
      ["mv a b", ["delete a/file synthetic"]],
      ["echo >> b/file", []],
      ["mkdir a; mv b/file a", ["create a/file synthetic"]],
      ["rm -r a", ["attrib a/file", "delete a/file"]],
      ["mkdir a", []],
      ["mv b a; echo > a/b/file; mv a/b/file a", ["moved_to a/file"]],
    ],
    watches: 2,
  },

  // Symbolic links
  {
    does: "follows a file through a link whose target changes",
    given: "mkdir 1 2; echo 1 > 1/file; echo 2 > 2/file; " +
      "ln -s 1 ..data; ln -s ..data/file file",
    watch: ["file"],
    steps: [
      ["ln -s 2 new; mv -T new ..data", ["modify file synthetic"]],
      ["echo >> 1/file", []],
      ["echo >> 2/file", ["modify file", "close_write file"]],
      ["echo > new; mv new 2/file", ["moved_to file"]],
      ["rm ..data; ln -s 1 ..data; rm -r 2", ["modify file synthetic"]],
      ["echo >> 1/file", ["modify file", "close_write file"]],
    ],
    watches: 4,
  },
  {
    does: "follows a directory through a link whose target changes",
    given: "mkdir -p 1/a 2/b; ln -s 1 root",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["ln -s 2 new; mv -T new root", [
        "delete root/a/ synthetic",
        "delete_self root",
        "create root/ synthetic",
        "create root/b/ synthetic",
      ]],
      ["mkdir 1/c 2/b/c", ["create root/b/c/"]],
    ],
    watches: 4,
  },
  {
    does: "ends when the link to the directory gets another target",
    given: "mkdir -p 1/a 2/b; ln -s 1 root",
    watch: ["root"],
    options: RECURSIVE,
    steps: [["ln -s 2 new; mv -T new root", ["delete_self root", "end"]]],
    watches: 0,
  },
  {
    does:
      "follows a directory through a link that is deleted and created again",
    given: "mkdir -p 1/a; ln -s 1 root",
    watch: ["root"],
    options: WAITING,
    steps: [
      ["rm root", ["delete root/a/ synthetic", "delete_self root"]],
      ["ln -s 1 root", ["create root/ synthetic", "create root/a/ synthetic"]],
      ["mkdir 1/a/b", ["create root/a/b/"]],
    ],
    watches: 4,
  },
  {
    does: "waits for the target of a link",
    given: "ln -s a/file link",
    watch: ["link"],
    options: { missing: "wait" },
    steps: [
      ["mkdir a", []],
      [": > a/file", ["create link", "close_write link"]],
      ["rm link", ["delete link synthetic"]],
      ["echo >> a/file", []],
      ["mkdir b; : > b/file; ln -s b/file link", ["create link synthetic"]],
      ["echo >> b/file", ["modify link", "close_write link"]],
    ],
    watches: 3,
  },
];

for (const scenario of SCENARIOS) {
  Deno.test(`\`watch()\` ${scenario.does}`, () => play(scenario));
}
