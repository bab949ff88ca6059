import { watch } from "../mod.ts";
import { readTree } from "./storm/model.ts";
import { TestDirectory } from "./support/directory.ts";
import { assertExact, assertFollowed } from "./support/exact.ts";
import { Observation } from "./support/observation.ts";

const LONG = "x".repeat(254);

/** The path of a name in the tree. */
type At = (name: string) => string;

/** Queues more events than one read takes: those of the longest names. */
function fillRead(at: At): void {
  for (let i = 0; i < 1000; i++) {
    Deno.chmodSync(at(`noise/${LONG}${i % 2}`), 0o600);
  }
}

// What becomes of a new directory `a/new`, in three reads of the queue at least.
const SEQUELS: [what: string, act: (at: At) => void][] = [
  ["another one takes its place", (at) => {
    Deno.renameSync(at("a/new"), at("a/old"));
    fillRead(at);
    Deno.renameSync(at("b/other"), at("a/new"));
  }],
  ["the directory above is replaced", (at) => {
    Deno.renameSync(at("a"), at("c"));
    fillRead(at);
    Deno.renameSync(at("b"), at("a"));
    Deno.mkdirSync(at("a/new/x"), { recursive: true });
  }],
];

for (const [what, act] of SEQUELS) {
  Deno.test(`\`watch()\` is exact when, behind a long queue, ${what}`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("tree");
    const at = (name: string) => directory.at(`tree/${name}`);
    for (const path of ["a", "b/other/full", "noise"]) {
      Deno.mkdirSync(at(path), { recursive: true });
    }
    for (const i of [0, 1]) Deno.writeTextFileSync(at(`noise/${LONG}${i}`), "");
    const before = readTree(root);
    const watcher = await watch(root, { recursive: true });
    await using told = new Observation(watcher, root);

    Deno.mkdirSync(at("a/new/fresh"), { recursive: true });
    fillRead(at);
    fillRead(at);
    act(at);
    assertExact(await told.takeEvents(), root, before);
    await assertFollowed(told, root);
  });
}
