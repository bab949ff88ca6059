import { assertEquals } from "@std/assert";
import { watchFs, type WatchFsOptions } from "../../watch_fs.ts";
import { TestDirectory } from "../support/directory.ts";
import { FsObservation } from "../support/fs_observation.ts";
import { original } from "../support/original.ts";
import { runScript } from "../support/script.ts";
import { WorkingDirectory } from "../support/working_directory.ts";

interface Scenario {
  /** The behavior of `watchFs()`. */
  does: string;
  /** The script that runs first, in a directory with the directory `w`. */
  given?: string;
  /** The paths to watch, relative to the working directory. */
  watch?: string | string[];
  options?: WatchFsOptions;
  /** A script, and its events. */
  steps: [script: string, events: string[]][];
  /** The events of `Deno.watchFs`, if they differ. */
  original?: string;
}

const SCENARIOS: Scenario[] = [
  {
    does: "reports the changes of a file",
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
    does: "does not report reading",
    given: "echo > w/a",
    steps: [["cat w/a; ls w", []]],
  },
  {
    does: "reports the changes of a directory",
    steps: [
      ["mkdir w/a", ["create w/a"]],
      ["rmdir w/a", ["remove w/a"]],
    ],
  },
  {
    does: "reports changes in a new directory",
    steps: [
      ["mkdir w/a", ["create w/a"]],
      ["echo > w/a/b", ["create w/a/b", "modify w/a/b", "access w/a/b"]],
      ["rm w/a/b", ["remove w/a/b"]],
      ["rmdir w/a", ["remove w/a"]],
    ],
  },
  {
    does: "reports a move under the old name, the new name and both",
    given: "echo > w/a; mkdir w/d",
    steps: [
      ["mv w/a w/b", ["remove w/a", "rename w/b", "rename w/a w/b"]],
      ["mv w/b w/d/c", ["remove w/b", "rename w/d/c", "rename w/b w/d/c"]],
      ["mv w/d w/e", ["remove w/d", "rename w/e", "rename w/d w/e"]],
      ["echo >> w/e/c", ["modify w/e/c", "access w/e/c"]],
    ],
  },
  {
    does: "reports a file that replaces another",
    given: "echo > w/a; echo > w/b",
    steps: [
      ["mv w/a w/b", ["remove w/a", "rename w/b", "rename w/a w/b"]],
      ["echo >> w/b", ["modify w/b", "access w/b"]],
    ],
  },
  {
    does: "reports entries that move in and out",
    given: "echo > a",
    steps: [
      ["mv a w/a", ["rename w/a"]],
      ["mv w/a a", ["remove w/a"]],
    ],
  },
  {
    does: "reports only entries of a directory without `recursive`",
    given: "mkdir w/a",
    options: { recursive: false },
    steps: [
      ["mkdir w/b", ["create w/b"]],
      ["echo > w/a/b; echo > w/b/c", []],
    ],
  },
  {
    does: "is recursive by default",
    given: "mkdir w/a",
    options: {},
    steps: [["mkdir w/a/b", ["create w/a/b"]]],
  },
  {
    does: "returns absolute paths for given paths of any form",
    watch: "./w/../w//",
    steps: [["mkdir w/a", ["create w/a"]]],
  },
  {
    does: "returns paths through a given symbolic link",
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
    does: "reports an entry below several paths once",
    given: "mkdir w/a",
    watch: ["w", "w/a", "w"],
    steps: [["mkdir w/a/b", ["create w/a/b"]]],
  },
  {
    does: "reports the events of several paths",
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
    does: "skips the paths in `ignore`",
    given: "mkdir w/a w/ab",
    options: { ignore: "w/a" },
    steps: [
      ["echo > w/a/b; chmod 700 w/a", []],
      ["mkdir w/ab/c", ["create w/ab/c"]],
    ],
  },
  {
    does: "skips the paths in `ignore`, in any form",
    given: "mkdir w/a w/b; ln -s w link",
    options: { ignore: ["./w/../w/a/", "link/b"] },
    steps: [["echo > w/a/x; echo > w/b/x", []]],
  },
  {
    does: "skips paths in `ignore` that lead through a symbolic link",
    given: "mkdir w/a; ln -s w link",
    watch: "link",
    options: { ignore: "w/a" },
    steps: [
      ["echo > w/a/x", []],
      ["mkdir w/b", ["create link/b"]],
    ],
  },
  {
    does: "watches nothing if `ignore` has the given path",
    options: { ignore: "w" },
    steps: [["mkdir w/a", []]],
  },
  {
    does: "watches nothing if `ignore` has another name of the given path",
    given: "ln -s w link",
    watch: "link",
    options: { ignore: "w" },
    steps: [["chmod 700 w; mkdir w/a", []]],
  },
  {
    does: "watches nothing for an empty list of paths",
    watch: [],
    steps: [["mkdir w/a", []]],
  },
  {
    does: "skips paths in `ignore` that are created later",
    options: { ignore: "w/a" },
    steps: [
      ["mkdir w/a", []],
      ["mkdir w/a/b", []],
      ["mv w/a w/c", ["rename w/c", "create w/c/b"]],
    ],
    original: "reports what happens below it",
  },
  {
    does: "reports the contents of a new directory",
    steps: [[
      "mkdir -p w/a/b; echo > w/a/b/c",
      ["create w/a", "create w/a/b", "create w/a/b/c", "modify w/a/b/c"],
    ]],
    original: "misses it",
  },
  {
    does: "reports the contents of a directory that moves in",
    given: "mkdir a; echo > a/b",
    steps: [["mv a w/a", ["rename w/a", "create w/a/b", "modify w/a/b"]]],
    original: "misses it",
  },
  {
    does: "reports a dangling symbolic link like any other",
    steps: [
      ["ln -s nothing w/a", ["create w/a"]],
      ["rm w/a", ["remove w/a"]],
    ],
    original: "reports that it was removed",
  },
  {
    does: "reports the contents of a deleted directory",
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
    does: "follows a directory that is created again",
    steps: [
      ["rmdir w", ["remove w"]],
      ["mkdir w", ["create w"]],
      ["mkdir w/a", ["create w/a"]],
      ["mv w v", ["remove w/a", "remove w"]],
      ["rmdir v/a; mkdir v/b", []],
      ["mv v w", ["create w", "create w/b"]],
    ],
    original: "hears of nothing after it was gone",
  },
];

for (const scenario of SCENARIOS) {
  Deno.test(`\`watchFs()\` ${scenario.does}`, () => perform(watchFs, scenario));
  if (scenario.original !== undefined) continue;
  Deno.test({
    name: `\`watchFs()\` ${scenario.does}, like \`Deno.watchFs()\``,
    ignore: !original,
    fn: () => perform(original!, scenario),
  });
}

async function perform(
  watch: typeof watchFs,
  { given = "", watch: paths = "w", options, steps }: Scenario,
): Promise<void> {
  using directory = new TestDirectory();
  runScript(`mkdir w marks; ${given}`, directory.path);
  await using observed = new FsObservation(open(), directory.path);
  for (const [script, events] of steps) {
    runScript(script, directory.path);
    assertEquals([script, await observed.take(events.length)], [
      script,
      events,
    ]);
  }

  function open(): Deno.FsWatcher {
    using _place = new WorkingDirectory(directory.path);
    const all = [paths, directory.at("marks")].flat();
    return watch(all, ...options ? [options] : []);
  }
}
