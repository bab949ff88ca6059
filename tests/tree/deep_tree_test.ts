/** Trees that are deeper than the longest path. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { type SystemError, watch } from "../../mod.ts";
import { LargeDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { countAbove } from "../support/process.ts";
import { runScript } from "../support/script.ts";
import { Observation } from "../support/observation.ts";
import { countOf } from "../support/thorough.ts";

/** How many levels a path can have below a directory with a short path. */
const LEVELS = 1_500;
const BELOW = "/d".repeat(LEVELS);

const CHAINS = countOf(2, 3);

Deno.test(`\`watch()\` follows a tree ${CHAINS * LEVELS} levels deep, and its deletion`, async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("root");
  for (const name of ["x", "y"]) directory.directory(`root/${name}`);
  const types = new Map<string, number>();
  let longest = 0;
  const watcher = await watch(root, { recursive: true });
  const listening = (async () => {
    for await (const event of watcher) {
      types.set(event.type, (types.get(event.type) ?? 0) + 1);
      if (event.path !== undefined) {
        longest = Math.max(longest, event.path.length);
      }
    }
  })();
  makeChain(0, root);
  using file = await Deno.create(`${root}/0${BELOW}/file`);
  await watcher.sync();
  for (let i = 1; i < CHAINS; i++) {
    makeChain(i, root);
    await watcher.sync();
    // The directory has a short path now, with all earlier directories below it.
    Deno.renameSync(`${root}/${i - 1}`, `${root}/${i}${BELOW}/${i - 1}`);
    await watcher.sync();
  }
  const top = `${root}/${CHAINS - 1}`;
  const path = top + BELOW +
    Array.from({ length: CHAINS - 1 }, (_, i) => `/${CHAINS - 2 - i}${BELOW}`)
      .join("");
  types.clear();
  file.writeSync(new Uint8Array(1));
  await watcher.sync();
  assertEquals([...types], [["modify", 1]]);
  assertEquals(longest, `${path}/file`.length);
  types.clear();
  // A scan finds this, not an event.
  overflowQueue([`${root}/x`, `${root}/y`]);
  Deno.renameSync(top, directory.at("outside"));
  await watcher.sync();
  const gone = CHAINS * (LEVELS + 1) + 1;
  assertEquals([types.get("overflow"), types.get("delete")], [1, gone]);
  assertEquals(watcher.watchCount, 3 + countAbove(root));
  await watcher.close();
  await listening;
  runScript("rm -r outside", directory.path);
});

Deno.test("`watch()` follows a directory when its path is no longer too long", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("root");
  const below = `/${"n".repeat(200)}`.repeat(12);
  const [one, other] = [directory.at("root/one"), directory.at("other")];
  for (const top of [one, other]) {
    Deno.mkdirSync(top + below, { recursive: true });
  }
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  Deno.renameSync(other, `${one}${below}/other`);
  const kinds = (await observed.takeEvents()).map(({ type }) => type);
  assertEquals(new Set(kinds), new Set(["moved_to", "create", "unwatched"]));
  assertEquals(kinds.filter((type) => type === "unwatched").length, 1);

  const half = 6 * (1 + 200);
  Deno.renameSync(one + below.slice(0, half), directory.at("root/two"));
  await observed.take();
  const deepest = `two${below.slice(half)}/other${below}`;
  Deno.mkdirSync(`${root}/${deepest}/new`);
  assertEquals(await observed.take(), [`create ${deepest}/new/`]);
  runScript("rm -r root", directory.path);
});

Deno.test("`watch()` does not follow a path of any length, but follows it once it is shorter", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("root");
  const below = `/${"n".repeat(250)}`.repeat(14);
  const chains = 19;
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  Deno.mkdirSync(`${root}/0${below}`, { recursive: true });
  using file = await Deno.create(`${root}/0${below}/file`);
  await observed.take();
  for (let i = 1; i < chains; i++) {
    Deno.mkdirSync(`${root}/${i}${below}`, { recursive: true });
    await observed.take();
    Deno.renameSync(`${root}/${i - 1}`, `${root}/${i}${below}/${i - 1}`);
    await observed.take();
  }
  const watches = watcher.watchCount;
  for (let i = 0; i < 3; i++) await file.write(new Uint8Array(1));
  const [event, ...others] = await observed.takeEvents();
  assert(event?.type === "unwatched");
  assertEquals((event.error as SystemError).code, "ENAMETOOLONG");
  assertEquals(others, []);
  // What lies there is not followed, and costs no watch.
  assertEquals(Math.floor(event.path.length / 1000), 65);
  assertLess(watcher.watchCount, watches);

  for (let i = chains - 1; i > 0; i--) {
    Deno.renameSync(`${root}/${i}${below}/${i - 1}`, `${root}/${i - 1}`);
    await observed.take();
  }
  await file.write(new Uint8Array(1));
  assertEquals(await observed.take(), [`modify 0${below}/file`]);
  assertEquals(watcher.watchCount, watches);
  runScript("rm -r root", directory.path);
});

// Deno itself would take seconds for this.
function makeChain(name: number, directory: string): void {
  runScript(`mkdir -p ${name}${BELOW}`, directory);
}
