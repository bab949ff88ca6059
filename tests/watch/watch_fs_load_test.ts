/** `watchFs()` misses no event of many changes at once. */

import { assertEquals } from "@std/assert";
import { watchFs } from "../../watch_fs.ts";
import { LargeDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { runScript } from "../support/script.ts";
import { writeBeside } from "../support/writer.ts";
import { countOf } from "../support/thorough.ts";

Deno.test("`watchFs()` reports an overflow, and then the missed changes", async () => {
  using directory = new LargeDirectory();
  runScript("mkdir a b; echo > gone", directory.path);
  const watcher = watchFs(directory.path);
  overflowQueue([directory.at("a"), directory.at("b")]);
  runScript("rm gone; mkdir new; echo > new/file", directory.path);
  // Deleted entries may be reported only after all directories are listed.
  const missed = [
    "create new",
    "create new/file",
    "modify new/file",
    "remove gone",
  ];
  const events: string[] = [];
  for await (const { kind, paths, flag } of watcher) {
    const names = paths.map((path) => path.slice(directory.path.length + 1));
    if (events.length > 0 || flag === "rescan") {
      events.push([kind, ...names].join(" "));
    }
    if (missed.every((event) => events.includes(event))) break;
  }
  assertEquals(events[0], "other");
  const others = events.slice(1).filter((event) =>
    !/^modify [ab]$/.test(event)
  );
  assertEquals(others.sort(), missed);
  await watcher.return!();
});

const FILES = countOf(5_000, 20_000);

Deno.test(`\`watchFs()\` reports each of ${FILES} files of a burst once`, async () => {
  using directory = new LargeDirectory();
  for (let i = 0; i < 10; i++) directory.directory(`${i}`);
  const created = collect("create", FILES, watchFs(directory.path));
  const input = JSON.stringify([directory.path, FILES]);
  await writeBeside(input, (input) => {
    const [path, count] = JSON.parse(input);
    for (let i = 0; i < count; i++) {
      Deno.writeTextFileSync(`${path}/${i % 10}/${i}`, "text");
    }
  });
  const files = Array.from({ length: FILES }, (_, i) => `${i % 10}/${i}`);
  const expected = files.map((name) => directory.at(name));
  assertEquals((await created).sort(), expected.sort());
});

Deno.test("`watchFs()` reports the contents of each of 500 new directories", async () => {
  using directory = new LargeDirectory();
  const created = collect("create", 2000, watchFs(directory.path));
  await writeBeside(directory.path, (path) => {
    for (let i = 0; i < 500; i++) {
      Deno.mkdirSync(`${path}/${i}/x/y`, { recursive: true });
      Deno.writeTextFileSync(`${path}/${i}/x/y/file`, "text");
    }
  });
  const names = ["", "/x", "/x/y", "/x/y/file"];
  const expected = Array.from({ length: 500 }, (_, i) => i)
    .flatMap((i) => names.map((name) => directory.at(`${i}${name}`)));
  assertEquals((await created).sort(), expected.sort());
});

/** Returns the paths of the first `count` events of `kind`. */
async function collect(
  kind: Deno.FsEvent["kind"],
  count: number,
  watcher: Deno.FsWatcher,
): Promise<string[]> {
  const collected: string[] = [];
  for await (const event of watcher) {
    if (event.kind === kind) collected.push(...event.paths);
    if (collected.length >= count) break;
  }
  return collected;
}
