import { assertEquals } from "@std/assert";
import { watch, type WatchEvent } from "../../mod.ts";
import { readTree } from "../storm/model.ts";
import { TestDirectory } from "../support/directory.ts";
import { assertExact, assertFollowed } from "../support/exact.ts";
import { Observation } from "../support/observation.ts";
import { exchange } from "../support/system.ts";

/** Returns the path of a name in the tree. */
type At = (name: string) => string;

// Operations after an exchange of `old`, which is followed, and `new`, which is so new
// that it has no watch.
const SEQUELS: [what: string, act: (at: At) => void][] = [
  ["nothing", () => {}],
  ["a rename of the old one", (at) => Deno.renameSync(at("a/new"), at("a/c"))],
  ["a rename of the new one", (at) => Deno.renameSync(at("b/old"), at("a/c"))],
  ["a rename of both", (at) => {
    Deno.renameSync(at("a/new"), at("a/c"));
    Deno.renameSync(at("b/old"), at("a/new"));
  }],
  [
    "a move beside the new one",
    (at) => Deno.renameSync(at("a/new"), at("b/c")),
  ],
  ["a move elsewhere", (at) => Deno.renameSync(at("a/new"), at("d/c"))],
  ["a move over another", (at) => Deno.renameSync(at("a/new"), at("d"))],
  ["a move into the new one", (at) => {
    Deno.renameSync(at("a/new"), at("b/old/c"));
  }],
  ["a move of the new one into the old", (at) => {
    Deno.renameSync(at("b/old"), at("a/new/c"));
    Deno.renameSync(at("a/new"), at("a/c"));
  }],
  ["a move out", (at) => Deno.renameSync(at("a/new"), at("../out"))],
  ["a move out and back", (at) => {
    Deno.renameSync(at("a/new"), at("../out"));
    Deno.renameSync(at("../out"), at("a/c"));
  }],
  ["a move of the new one out", (at) => {
    Deno.renameSync(at("b/old"), at("../out"));
  }],
  ["an exchange back", (at) => exchange(at("a/new"), at("b/old"))],
  [
    "an exchange with one outside",
    (at) => exchange(at("a/new"), at("../full")),
  ],
  ["a deletion", (at) => Deno.removeSync(at("a/new"), { recursive: true })],
  ["a deletion of the new one", (at) => {
    Deno.removeSync(at("b/old"), { recursive: true });
  }],
  ["a rename of what they are in", (at) => Deno.renameSync(at("b"), at("a/c"))],
];

for (const [what, act] of SEQUELS) {
  for (const [from, to] of [["b/old", "a/new"], ["a/new", "b/old"]] as const) {
    Deno.test(`\`watch()\` follows an exchange of ${from} and ${to}, then ${what}`, async () => {
      using directory = new TestDirectory();
      const root = directory.directory("tree");
      const at = (name: string) => directory.at(`tree/${name}`);
      for (const path of ["a", "b/old/x/y", "d", "../full/x"]) {
        Deno.mkdirSync(at(path), { recursive: true });
      }
      const before = readTree(root);
      const watcher = await watch(root, { recursive: true });
      await using observed = new Observation(watcher, root);

      // All events are queued before any is read.
      Deno.mkdirSync(at("a/new/fresh"), { recursive: true });
      exchange(at(from), at(to));
      act(at);
      assertExact(await observed.takeEvents(), root, before);
      await assertFollowed(observed, root);
    });
  }
}

Deno.test("`watch()` reports no modified file for a move over another and back", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.file("a"), directory.file("b")];
  const watcher = await watch(directory.path, { recursive: true });
  await using observed = new Observation(watcher, directory.path);
  Deno.renameSync(a, b);
  Deno.renameSync(b, a);
  assertEquals(typesIn(await observed.takeEvents()), ["move", "move"]);

  Deno.writeTextFileSync(b, "");
  await observed.takeEvents();
  exchange(a, b);
  assertEquals(
    typesIn(await observed.takeEvents()),
    ["move", "move", "create", "modify"],
  );
});

function typesIn(events: readonly WatchEvent[]): string[] {
  return events.map(({ type }) => type);
}

// The kernel drops an event that equals the one before, whatever the cookie.
const MERGED: [what: string, act: (at: At) => void][] = [
  ["a file that has just come", (at) => {
    Deno.writeTextFileSync(at("d/file"), "");
    Deno.renameSync(at("d/file"), at("a/new"));
    exchange(at("../file"), at("a/new"));
  }],
  ["a file that has come from outside", (at) => {
    Deno.renameSync(at("../file"), at("a/new"));
    exchange(at("../other"), at("a/new"));
  }],
  ["a directory that has just come", (at) => {
    Deno.mkdirSync(at("d/new"));
    Deno.renameSync(at("d/new"), at("a/new"));
    exchange(at("../full"), at("a/new"));
  }],
  ["a directory that has come from outside", (at) => {
    Deno.renameSync(at("../empty"), at("a/new"));
    exchange(at("../full"), at("a/new"));
  }],
  ["the same file, twice", (at) => {
    Deno.writeTextFileSync(at("a/new"), "");
    exchange(at("../file"), at("a/new"));
    exchange(at("../file"), at("a/new"));
  }],
  ["a directory, and then a file", (at) => {
    Deno.mkdirSync(at("a/new"));
    exchange(at("../file"), at("a/new"));
    exchange(at("../other"), at("a/new"));
  }],
];

for (const [what, act] of MERGED) {
  Deno.test(`\`watch()\` follows an exchange with ${what}`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("tree");
    const at = (name: string) => directory.at(`tree/${name}`);
    for (const path of ["a", "d", "../empty", "../full/x"]) {
      Deno.mkdirSync(at(path), { recursive: true });
    }
    for (const path of ["file", "other"]) directory.file(path);
    const before = readTree(root);
    const watcher = await watch(root, { recursive: true });
    await using observed = new Observation(watcher, root);
    act(at);
    assertExact(await observed.takeEvents(), root, before);
    await assertFollowed(observed, root);
  });
}

for (const what of ["file", "directory"]) {
  Deno.test(`\`watch()\` follows a directory that replaces one which a ${what} has just left`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("tree");
    const at = (name: string) => directory.at(`tree/${name}`);
    for (const path of ["a/old", "../empty"]) {
      Deno.mkdirSync(at(path), { recursive: true });
    }
    if (what === "file") directory.file("tree/a/old/x");
    else directory.directory("tree/a/old/x");
    const before = readTree(root);
    const watcher = await watch(root, { recursive: true });
    await using observed = new Observation(watcher, root);
    // As long as a process has it open, no event of its own reports its deletion.
    using _open = Deno.openSync(at("a/old"));
    Deno.renameSync(at("a/old/x"), at("../x"));
    Deno.renameSync(at("../empty"), at("a/old"));
    assertExact(await observed.takeEvents(), root, before);
    await assertFollowed(observed, root);
  });
}
