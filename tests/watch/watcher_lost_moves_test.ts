import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { readTree } from "../storm/model.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { assertExact } from "../support/exact.ts";
import { overflowQueue, passTick } from "../support/flood.ts";
import { describe, Observation } from "../support/observation.ts";

interface Case {
  name: string;
  /** The entries before the watcher starts. */
  directories?: string[];
  files?: string[];
  /** The changes whose events are lost. */
  change: (at: (name: string) => string) => void;
  /** The events that report the changes, in any order. */
  expected: string[];
}

const CASES: Case[] = [
  {
    name: "of a file into a directory that is listed later",
    directories: ["b"],
    files: ["a"],
    change: (at) => Deno.renameSync(at("a"), at("b/c")),
    expected: ["move a -> b/c synthetic"],
  },
  {
    name: "of a file into a directory that is listed earlier",
    directories: ["a/b/c"],
    files: ["a/b/c/file"],
    change: (at) => Deno.renameSync(at("a/b/c/file"), at("file")),
    expected: ["move a/b/c/file -> file synthetic"],
  },
  {
    name: "of a file that was written to",
    files: ["a"],
    change: (at) => {
      Deno.writeTextFileSync(at("a"), "text");
      Deno.renameSync(at("a"), at("b"));
    },
    expected: ["move a -> b synthetic", "modify b synthetic"],
  },
  {
    name: "of a directory with changed entries",
    directories: ["a/in", "b"],
    files: ["a/in/gone", "a/in/kept"],
    change: (at) => {
      Deno.renameSync(at("a"), at("b/c"));
      Deno.removeSync(at("b/c/in/gone"));
      Deno.writeTextFileSync(at("b/c/in/new"), "");
    },
    expected: [
      "move a/ -> b/c/ synthetic",
      "delete b/c/in/gone synthetic",
      "create b/c/in/new synthetic",
    ],
  },
  {
    name: "into a new directory",
    directories: ["a"],
    files: ["a/file", "other"],
    change: (at) => {
      Deno.mkdirSync(at("new/below"), { recursive: true });
      Deno.renameSync(at("a"), at("new/below/a"));
      Deno.renameSync(at("other"), at("new/other"));
    },
    expected: [
      "create new/ synthetic",
      "create new/below/ synthetic",
      "move a/ -> new/below/a/ synthetic",
      "move other -> new/other synthetic",
    ],
  },
  {
    name: "none, because one file was deleted and another one created",
    files: ["a"],
    change: (at) => {
      Deno.removeSync(at("a"));
      Deno.writeTextFileSync(at("b"), "");
    },
    expected: ["delete a synthetic", "create b synthetic"],
  },
  {
    name: "none, because a file got a second name",
    files: ["a"],
    change: (at) => Deno.linkSync(at("a"), at("b")),
    // Its time of change says that the file may also be another one.
    expected: ["modify a synthetic", "create b synthetic"],
  },
];

for (const { name, directories = [], files = [], change, expected } of CASES) {
  for (const Directory of [LargeDirectory, TestDirectory]) {
    Deno.test(`\`watch()\` finds a move that was lost: ${name}, in ${Directory.name}`, async () => {
      using directory = new Directory();
      using flood = new LargeDirectory();
      const { path: root } = directory;
      for (const each of directories) {
        Deno.mkdirSync(directory.at(each), { recursive: true });
      }
      for (const each of files) directory.file(each);
      await passTick();
      const before = readTree(root);
      await using observed = new Observation(
        await watch([root, flood.path], { recursive: true }),
        root,
      );
      flood.directory("1");
      flood.directory("2");
      await observed.take();
      overflowQueue([flood.at("1"), flood.at("2")]);
      change((name) => directory.at(name));
      const events = await observed.takeEvents();
      const overflow = events.findIndex(({ type }) => type === "overflow");
      const found = events.slice(overflow + 1);
      assertEquals(
        describe(found, root).toSorted(),
        expected.toSorted(),
      );
      assertExact(found, root, before);
    });
  }
}
