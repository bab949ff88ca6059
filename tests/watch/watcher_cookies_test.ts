import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { WatchEvent } from "../../mod.ts";
import type { RenameEvent } from "../../lib/watch/options.ts";
import { Watcher } from "../../lib/watch/watcher.ts";
import { TestDirectory } from "../support/directory.ts";
import { Observation } from "../support/observation.ts";

interface Row {
  what: string;
  /** The names to watch. */
  paths: string[];
  /** The names from which and to which something is moved. */
  move: [from: string, to: string];
  /** The events of the move. */
  types: WatchEvent["type"][];
}

const ROWS: Row[] = [
  {
    what: "a move in the tree",
    paths: ["tree"],
    move: ["tree/directory", "tree/new"],
    types: ["move"],
  },
  {
    what: "a move out of the tree",
    paths: ["tree"],
    move: ["tree/file", "new"],
    types: ["moved_from"],
  },
  {
    what: "a move into the tree",
    paths: ["tree"],
    move: ["directory", "tree/new"],
    types: ["moved_to"],
  },
  {
    what: "a move between two trees that are not recursive",
    paths: ["tree", "directory"],
    move: ["tree/directory", "directory/new"],
    types: ["move"],
  },
  {
    what: "a move from the path of a file",
    paths: ["tree/file"],
    move: ["tree/file", "tree/new"],
    types: ["moved_from"],
  },
  {
    what: "a move between the paths of two files",
    paths: ["tree/file", "file"],
    move: ["tree/file", "file"],
    types: ["move"],
  },
];

for (const { what, paths, move: [from, to], types } of ROWS) {
  Deno.test(`\`cookies\` gives the events of ${what} one cookie`, async () => {
    using directory = new TestDirectory();
    for (const path of ["tree", "directory", "tree/directory"]) {
      directory.directory(path);
    }
    for (const path of ["file", "tree/file"]) directory.file(path);
    const watcher = await Watcher.open(
      paths.map((path) => directory.at(path)),
      { cookies: true },
    );
    await using observed = new Observation(watcher, directory.path);

    const cookies: number[] = [];
    for (const [before, after] of [[from, to], [to, from]] as const) {
      Deno.renameSync(directory.at(before), directory.at(after));
      const events = await observed.takeEvents();
      const first = cookieOf(events[0]!);
      assert(events.every((event) => cookieOf(event) === first));
      if (before === from) assertEquals(events.map(({ type }) => type), types);
      cookies.push(first);
    }
    assert(cookies.every((cookie) => cookie > 0));
    assertNotEquals(cookies[0], cookies[1]);
  });
}

Deno.test("`cookies` gives a cookie only to the kernel's events of a rename", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("tree");
  Deno.mkdirSync(directory.at("full/below"), { recursive: true });
  const watcher = await Watcher.open([root], {
    recursive: true,
    cookies: true,
  });
  await using observed = new Observation(watcher, root);
  directory.file("tree/file");
  Deno.removeSync(directory.at("tree/file"));
  Deno.renameSync(directory.at("full"), directory.at("tree/full"));
  const events = await observed.takeEvents();
  assertEquals(
    events.map((event) => [event.type, "cookie" in event]),
    [
      ["create", false],
      ["close_write", false],
      ["delete", false],
      ["moved_to", true],
      ["create", false],
    ],
  );
});

function cookieOf(event: RenameEvent): number {
  return event.cookie ?? 0;
}
