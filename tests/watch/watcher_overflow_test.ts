import { assertEquals, assertGreater } from "@std/assert";
import { watch } from "../../mod.ts";
import { Watcher } from "../../lib/watch/watcher.ts";
import { readTree } from "../storm/model.ts";
import { LargeDirectory } from "../support/directory.ts";
import { assertExact, assertWatches } from "../support/exact.ts";
import { overflowQueue, passTick } from "../support/flood.ts";
import { describe, Observation } from "../support/observation.ts";

Deno.test("`watch()` reports all changes after an overflow", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  for (const path of ["a/b", "gone/a", "moved/a", "empty"]) {
    Deno.mkdirSync(directory.at(path), { recursive: true });
  }
  for (const path of ["kept", "gone/file", "a/b/written", "a/b/replaced"]) {
    Deno.writeTextFileSync(directory.at(path), "");
    Deno.utimeSync(directory.at(path), 0, 0);
  }
  await passTick();
  const before = readTree(root);
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);

  overflowQueue([directory.at("a"), directory.at("a/b")]);
  Deno.writeTextFileSync(directory.at("a/b/written"), "text");
  Deno.removeSync(directory.at("a/b/replaced"));
  Deno.mkdirSync(directory.at("a/b/replaced"));
  Deno.removeSync(directory.at("gone"), { recursive: true });
  Deno.renameSync(directory.at("moved"), directory.at("empty/here"));
  Deno.mkdirSync(directory.at("new/a"), { recursive: true });
  directory.file("new/a/file");

  const events = await observed.takeEvents();
  assertExact(events, root, before);
  const overflow = events.findIndex(({ type }) => type === "overflow");
  assertGreater(overflow, 0);
  const healing = describe(events.slice(overflow + 1), root);
  assertEquals(healing.toSorted(), [
    "create a/b/replaced/ synthetic",
    "create new/ synthetic",
    "create new/a/ synthetic",
    "create new/a/file synthetic",
    "delete a/b/replaced synthetic",
    "delete gone/ synthetic",
    "delete gone/a/ synthetic",
    "delete gone/file synthetic",
    "modify a/b/written synthetic",
    "move moved/ -> empty/here/ synthetic",
  ]);
  assertWatches(observed, root);
  for (const path of ["a/b/kept", "empty/here/a/file", "new/a/other"]) {
    directory.file(path);
    assertEquals(await observed.take(), [
      `create ${path}`,
      `close_write ${path}`,
    ]);
  }
});

Deno.test("`watch()` reports changes of given files after an overflow", async () => {
  using directory = new LargeDirectory();
  directory.directory("flood");
  directory.directory("flood/a");
  const names = ["kept", "written", "replaced", "deleted", "made", "turned"];
  for (const name of names) if (name !== "made") directory.file(name);
  await passTick();
  const paths = ["flood", ...names].map((name) => directory.at(name));
  const options = { recursive: true, missing: "wait" } as const;
  await using observed = new Observation(
    await watch(paths, options),
    directory.path,
  );

  overflowQueue([directory.at("flood"), directory.at("flood/a")]);
  Deno.writeTextFileSync(directory.at("written"), "text");
  Deno.renameSync(directory.file("new"), directory.at("replaced"));
  Deno.removeSync(directory.at("deleted"));
  directory.file("made");
  Deno.removeSync(directory.at("turned"));
  directory.directory("turned");
  directory.directory("turned/a");

  const lines = await observed.take();
  assertEquals(lines.slice(lines.indexOf("overflow")), [
    "overflow",
    "modify written synthetic",
    "modify replaced synthetic",
    "delete deleted synthetic",
    "create made synthetic",
    "delete turned synthetic",
    "create turned/ synthetic",
    "create turned/a/ synthetic",
  ]);
  for (const name of ["kept", "written", "replaced", "made"]) {
    Deno.chmodSync(directory.at(name), 0o600);
    assertEquals(await observed.take(), [`attrib ${name}`]);
  }
  directory.directory("deleted");
  assertEquals(await observed.take(), ["create deleted/ synthetic"]);
});

/** Waits until new time stamps are later than all earlier ones. */
Deno.test("`watch()` reports changes of a given link itself after an overflow", async () => {
  using directory = new LargeDirectory();
  directory.directory("flood");
  directory.directory("flood/a");
  for (const name of ["kept", "changed"]) {
    Deno.symlinkSync(directory.file(`${name}.txt`), directory.at(name));
  }
  await passTick();
  const paths = ["flood", "kept", "changed"].map((name) => directory.at(name));
  await using observed = new Observation(
    await Watcher.open(paths, { recursive: true, followSymlinks: "none" }),
    directory.path,
  );

  overflowQueue([directory.at("flood"), directory.at("flood/a")]);
  Deno.writeTextFileSync(directory.at("kept.txt"), "text");
  Deno.linkSync(directory.at("changed"), directory.at("other"));

  const lines = await observed.take();
  assertEquals(lines.slice(lines.indexOf("overflow")), [
    "overflow",
    "modify changed synthetic",
  ]);
});
