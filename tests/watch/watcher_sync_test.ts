import { assert, assertEquals, assertLess } from "@std/assert";
import { watch } from "../../mod.ts";
import { LargeDirectory } from "../support/directory.ts";
import { Observation, toNames } from "../support/observation.ts";
import { turn } from "../support/until.ts";
import { countOf } from "../support/thorough.ts";

const TIMES = countOf(200, 1_000);

Deno.test(`\`sync()\` is never early, ${TIMES} times`, async () => {
  using directory = new LargeDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  const events = watcher[Symbol.asyncIterator]();
  for (let i = 0; i < TIMES; i++) {
    Deno.writeTextFileSync(directory.at(`${i}`), "");
    await watcher.sync();
    const next = await Promise.race([events.next(), turn()]);
    assert(next, `Nothing came in round ${i}`);
    assertEquals(next.value, {
      type: "create",
      path: directory.at(`${i}`),
      isDirectory: false,
    });
  }
  await watcher.close();
});

Deno.test("`sync()` is not early if one read cannot read all events", async () => {
  using directory = new LargeDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  // With names of this length, a read returns 963 events.
  for (let i = 0; i < 2000; i++) directory.file(`${i}`.padStart(255, "x"));
  await watcher.sync();
  await watcher.close();
  assertEquals((await Array.fromAsync(watcher)).length, 2000);
});

Deno.test("`sync()` waits for the listing of a new directory", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("root");
  await using observed = new Observation(
    await watch(root, { recursive: true }),
    root,
  );
  for (let i = 0; i < 50; i++) {
    Deno.mkdirSync(directory.at("new/a/b/c/d"), { recursive: true });
    Deno.renameSync(directory.at("new"), directory.at(`root/${i}`));
    assertEquals((await observed.take()).length, 5);
  }
});

Deno.test("`sync()` resolves after a directory moved out and nothing else happened", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("root");
  directory.directory("root/a");
  await using observed = new Observation(
    await watch(root, { recursive: true }),
    root,
  );
  Deno.renameSync(directory.at("root/a"), directory.at("a"));
  assertEquals(await observed.take(), ["moved_from a/"]);
  Deno.renameSync(directory.file("root/a"), directory.at("b"));
  assertEquals(await observed.take(), [
    "create a",
    "close_write a",
    "moved_from a",
  ]);
});

Deno.test("`sync()` may be called many times at once", async () => {
  using directory = new LargeDirectory();
  const watcher = await watch(directory.path);
  directory.directory("a");
  await Promise.all(Array.from({ length: 100 }, () => watcher.sync()));
  await watcher.close();
  assertEquals((await Array.fromAsync(watcher)).length, 1);
});

Deno.test("`sync()` resolves without a consumer", async () => {
  using directory = new LargeDirectory();
  await using watcher = await watch(directory.path, { highWaterMark: 1 });
  for (const name of ["a", "b", "c"]) directory.directory(name);
  await watcher.sync();
  await watcher.close();
  assertEquals(toNames(await Array.fromAsync(watcher)), ["a", "b", "c"]);
});

Deno.test("`sync()` resolves when the watcher is closed meanwhile", async () => {
  using directory = new LargeDirectory();
  await using watcher = await watch(directory.path);
  directory.directory("a");
  const syncing = watcher.sync();
  await watcher.close();
  await syncing;
});

Deno.test("`sync()` resolves while changes continue", async () => {
  using directory = new LargeDirectory();
  const file = directory.file("a");
  const enough = 1_000;
  let changes = 0;
  const change = () => {
    if (changes++ < enough) Deno.writeTextFileSync(file, "a");
    return true;
  };
  // Whenever an event is read, the next one is caused.
  const options = { events: ["modify"], include: [change] } as const;
  await using watcher = await watch(directory.path, options);
  change();
  await watcher.sync();
  assertLess(changes, enough);
});

Deno.test("a half of a move does not hold back other events", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("root");
  directory.file("root/a");
  await using observed = new Observation(await watch(root), root);
  Deno.renameSync(directory.at("root/a"), directory.at("a"));
  directory.directory("root/b");
  Deno.removeSync(directory.at("root/b"));
  assertEquals(await observed.take(), [
    "moved_from a",
    "create b/",
    "delete b/",
  ]);
});
