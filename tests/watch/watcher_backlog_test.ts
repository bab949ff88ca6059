import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { readTree } from "../storm/model.ts";
import { TestDirectory } from "../support/directory.ts";
import { assertExact, assertFollowed } from "../support/exact.ts";
import { describe, Observation } from "../support/observation.ts";

const LONG = "x".repeat(254);

/** Returns the path of a name in the tree. */
type At = (name: string) => string;

/** Queues more events than fit into one read, with the longest names. */
function fillRead(at: At): void {
  for (let i = 0; i < 1000; i++) {
    Deno.chmodSync(at(`noise/${LONG}${i % 2}`), 0o600);
  }
}

// Moves of a new directory `a/new`, whose events take at least three reads.
const SEQUELS: [what: string, act: (at: At) => void, lines: string[]][] = [
  ["another one takes its place", (at) => {
    Deno.renameSync(at("a/new"), at("a/old"));
    fillRead(at);
    Deno.renameSync(at("b/other"), at("a/new"));
  }, [
    "create a/new/",
    "move a/new/ -> a/old/",
    "move b/other/ -> a/new/",
    "create a/old/fresh/ synthetic",
  ]],
  ["the directory above is replaced", (at) => {
    Deno.renameSync(at("a"), at("c"));
    fillRead(at);
    Deno.renameSync(at("b"), at("a"));
    Deno.mkdirSync(at("a/new/x"), { recursive: true });
  }, [
    "create a/new/",
    "move a/ -> c/",
    "move b/ -> a/",
    "create a/new/",
    "create a/new/x/ synthetic",
    "create c/new/fresh/ synthetic",
  ]],
];

for (const [what, act, lines] of SEQUELS) {
  Deno.test(`\`watch()\` is exact when, after a long queue, ${what}`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("tree");
    const at = (name: string) => directory.at(`tree/${name}`);
    for (const path of ["a", "b/other/full", "noise"]) {
      Deno.mkdirSync(at(path), { recursive: true });
    }
    for (const i of [0, 1]) Deno.writeTextFileSync(at(`noise/${LONG}${i}`), "");
    const before = readTree(root);
    const watcher = await watch(root, { recursive: true });
    await using observed = new Observation(watcher, root);

    Deno.mkdirSync(at("a/new/fresh"), { recursive: true });
    fillRead(at);
    fillRead(at);
    act(at);
    const events = await observed.takeEvents();
    // No event has a path at which a directory never was, even for a moment.
    const isNoise = (line: string) => line.startsWith("attrib noise/");
    const rest = describe(events, root).filter((line) => !isNoise(line));
    assertEquals(rest, lines);
    assertExact(events, root, before);
    await assertFollowed(observed, root);
  });
}
