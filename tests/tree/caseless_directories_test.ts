import { assert, assertEquals } from "@std/assert";
import {
  CaselessDirectories,
  swapCase,
} from "../../lib/tree/caseless_directories.ts";
import { IN } from "../../lib/kernel/mask.ts";
import { Directory, RootDirectory } from "../../lib/tree/node.ts";

function makeDirectory(
  isCaseless?: boolean,
): [CaselessDirectories, Directory] {
  const caseless = new CaselessDirectories();
  const root = new RootDirectory("/", "/");
  const directory = new Directory(root, "a");
  for (const name of ["Grün", "b"]) directory.set(name, false);
  if (isCaseless !== undefined) caseless.setCaseless(root, isCaseless);
  caseless.learn(directory, directory.entries);
  return [caseless, directory];
}

/** The name that the event is resolved to, and whether to scan for it. */
function resolve(
  [caseless, directory]: [CaselessDirectories, Directory],
  [mask, name, cookie = 0]: [mask: number, name: string, cookie?: number],
): [name: string, isToScan: boolean] {
  let isToScan = false;
  const event = { wd: 1, mask, name, cookie };
  const resolved = caseless.resolve(directory, event, () => isToScan = true);
  return [resolved.name, isToScan];
}

Deno.test("`resolve()` finds the known spelling", () => {
  const there = makeDirectory(true);
  for (const mask of [IN.MODIFY, IN.DELETE, IN.MOVED_FROM, IN.ATTRIB]) {
    assertEquals(resolve(there, [mask, "GRÜN"]), ["Grün", false]);
    assertEquals(resolve(there, [mask, "gru\u0308n"]), ["Grün", false]);
    assertEquals(resolve(there, [mask, "Grün"]), ["Grün", false]);
    assertEquals(resolve(there, [mask, "other"]), ["other", false]);
  }
});

Deno.test("`resolve()` scans to find out which spelling stays", () => {
  const there = makeDirectory(true);
  assertEquals(resolve(there, [IN.MOVED_TO, "GRÜN", 1]), ["Grün", true]);
  assertEquals(resolve(there, [IN.MOVED_TO, "new", 2]), ["new", false]);
  assertEquals(resolve(there, [IN.CREATE, "new."]), ["new.", true]);
});

Deno.test("`resolve()` does not treat one letter as two", () => {
  const there = makeDirectory(true);
  for (const name of ["Maß", "ﬁn", "Mass", "é"]) there[1].set(name, false);
  assertEquals(resolve(there, [IN.DELETE, "MASS"]), ["Mass", false]);
  assertEquals(resolve(there, [IN.DELETE, "MAß"]), ["Maß", false]);
  assertEquals(resolve(there, [IN.DELETE, "FIN"]), ["FIN", false]);
  for (const name of ["ı", "i"]) there[1].set(name, false);
  assertEquals(resolve(there, [IN.DELETE, "I"]), ["i", false]);
  there[1].set("e\u0301", false);
  assertEquals(resolve(there, [IN.DELETE, "E\u0301"]), ["e\u0301", false]);
  assertEquals(resolve(there, [IN.DELETE, "É"]), ["é", false]);
});

Deno.test("`resolve()` accepts a rename that changes only the case", () => {
  const there = makeDirectory(true);
  assertEquals(resolve(there, [IN.MOVED_FROM, "GRÜN", 1]), ["Grün", false]);
  assertEquals(resolve(there, [IN.MOVED_TO, "grün", 1]), ["grün", false]);
});

Deno.test("`resolve()` changes nothing if the letters differ", () => {
  const there = makeDirectory(false);
  for (const mask of [IN.MODIFY, IN.DELETE, IN.MOVED_TO, IN.CREATE]) {
    assertEquals(resolve(there, [mask, "GRÜN"]), ["GRÜN", false]);
  }
});

Deno.test("`resolve()` lets a directory be probed that never was", () => {
  const there = makeDirectory();
  const [caseless, directory] = there;
  assert(!caseless.isToProbe(directory));
  assertEquals(resolve(there, [IN.MODIFY, "GRÜN"]), ["GRÜN", false]);
  assertEquals(resolve(there, [IN.MOVED_TO, "GRÜN"]), ["GRÜN", true]);
  assert(caseless.isToProbe(directory));
  caseless.setCaseless(directory, false);
  assert(!caseless.isToProbe(directory));
  assertEquals(resolve(there, [IN.MOVED_TO, "GRÜN"]), ["GRÜN", false]);
});

Deno.test("`resolve()` scans until listings have had letters of both cases", () => {
  const caseless = new CaselessDirectories();
  const root = new RootDirectory("/", "/");
  const directory = new Directory(root, "a");
  caseless.setCaseless(root, true);
  const there: [CaselessDirectories, Directory] = [caseless, directory];
  const scans = () =>
    ["New", "NEW", "new", "1"].map((name) =>
      resolve(there, [IN.CREATE, name])[1]
    );
  assertEquals(scans(), [true, true, true, false]);
  // Some file systems make all letters small.
  caseless.learn(directory, [["new", false]]);
  assertEquals(scans(), [true, true, false, false]);
  caseless.learn(root, [["2", false], ["Old", true]]);
  assertEquals(scans(), [false, false, false, false]);
});

Deno.test("`swapCase()` returns another spelling, if there is any", () => {
  assertEquals(
    ["a", "A1", "aB", "É", "12-_", "日本"].map(swapCase),
    ["A", "a1", "AB", "é", undefined, undefined],
  );
});
