/**
 * Checks what depends on the version of Deno or on the architecture, in one
 * program without @std:
 *
 *     deno run --no-config --allow-all tests/platforms/core.ts
 */

import {
  IN,
  Inotify,
  inotifyLimits,
  maskNames,
  watch,
  type WatchEventType,
  type WatchOptions,
} from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Observation } from "../support/observation.ts";
import { countDescriptors, countWatches } from "../support/process.ts";
import { runScript } from "../support/script.ts";
import { makeFile } from "../support/system.ts";

type Check = [what: string, check: (directory: TestDirectory) => unknown];

/** A check that a watcher reports these lines for a script. */
function reports(
  script: string,
  lines: string[],
  options: WatchOptions<WatchEventType> = {},
): Check[1] {
  return async (directory) => {
    runScript("mkdir -p root/a; ln -s root link; echo > file", directory.path);
    const paths = [directory.at("link"), directory.at("file")];
    const watcher = await watch(paths, { recursive: true, ...options });
    await using observed = new Observation(watcher, directory.path);
    runScript(script, directory.path);
    equal((await observed.take()).sort(), lines.sort());
  };
}

const CHECKS: Check[] = [
  ["events have their names, whatever the bytes", (directory) => {
    using inotify = new Inotify();
    inotify.addWatch(directory.path, IN.CREATE);
    const names = ["a", "fifteen letters", "é🐟", "caf\udce9", "x".repeat(255)];
    for (const name of names) makeFile(directory.at(name));
    equal(inotify.read().map(({ name }) => name), names);
  }],
  ["a removed watch leaves a mark", (directory) => {
    using inotify = new Inotify();
    inotify.rmWatch(inotify.addWatch(directory.path, IN.CREATE));
    equal(inotify.read().map(({ mask }) => maskNames(mask)), [["IN_IGNORED"]]);
  }],
  [
    "a tree is followed through a rename",
    reports(
      "mkdir root/a/b; : > root/a/c; mv root/a root/d; rm root/d/c",
      [
        "create link/a/b/",
        "create link/a/c",
        "move link/a/ -> link/d/",
        "delete link/d/c",
      ],
      { events: ["create", "delete", "move"] },
    ),
  ],
  [
    "links below are not followed",
    reports(
      "mkdir out; : > out/secret; ln -s ../out root/l; mv root/l root/a",
      [
        "create link/l",
        "move link/l -> link/a/l",
      ],
      { events: ["create", "move"] },
    ),
  ],
  [
    "a file may be replaced",
    reports("echo new > tmp; mv tmp file; echo more >> file", [
      "moved_to file",
      "modify file",
    ], { events: ["moved_to", "modify"] }),
  ],
  ["an overflow heals", async (directory) => {
    const two = [directory.directory("a"), directory.directory("b")] as const;
    directory.file("old");
    const events = ["create", "modify"] as const;
    const watcher = await watch(directory.path, { recursive: true, events });
    await using observed = new Observation(watcher, directory.path);
    await observed.take();
    overflowQueue(two);
    directory.file("new");
    Deno.writeTextFileSync(directory.at("old"), "changed");
    equal((await observed.take()).sort(), [
      "create new synthetic",
      "modify old synthetic",
      "overflow",
    ]);
  }],
  ["70 instances wait at once", async (directory) => {
    const before = countDescriptors();
    const instances = Array.from({ length: 70 }, () => new Inotify());
    for (const each of instances) each.addWatch(directory.path, IN.CREATE);
    const waiting = instances.map((each) => each.wait());
    directory.file("a");
    equal(new Set(await Promise.all(waiting)), new Set([true]));
    const names = instances.flatMap((each) => each.read()[0]?.name);
    equal(new Set(names), new Set(["a"]));
    await Promise.all(instances.map((each) => each.close()));
    equal([countDescriptors(), countWatches()], [before, 0]);
  }],
  ["the limits are known, and what this process uses", async (directory) => {
    await using watcher = await watch(directory.path);
    const { watches, processes } = inotifyLimits();
    equal(watches.limits.every(({ value }) => value > 0), true);
    const own = processes.find(({ pid }) => pid === Deno.pid);
    equal([own?.instances, own?.watches], [1, watcher.watchCount]);
  }],
  ["errors are Deno's own", async (directory) => {
    const missing = await watch(directory.at("none")).catch((error) => error);
    equal(missing instanceof Deno.errors.NotFound, true);
    equal(missing.code, "ENOENT");
    directory.file("file");
    const below = await watch(directory.at("file/a")).catch((error) => error);
    equal(below.code, "ENOTDIR");
  }],
];

function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [actual, expected].map((value) =>
    JSON.stringify(value instanceof Set ? [...value] : value)
  );
  if (a !== b) throw new Error(`Got ${a} instead of ${b}`);
}

for (const [what, check] of CHECKS) {
  using directory = new TestDirectory();
  await check(directory);
  console.log(`ok: ${what}`);
}
const { version, build } = Deno;
console.log(`${CHECKS.length} passed, Deno ${version.deno}, ${build.target}`);
