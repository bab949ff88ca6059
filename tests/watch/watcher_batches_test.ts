import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertRejects,
} from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { toNames } from "../support/observation.ts";
import { turn } from "../support/until.ts";

Deno.test("`batches()` gathers events until changes stop", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  const batches = watcher.batches({ quiet: 50 });
  for (const names of [["a", "b", "c"], ["d"]]) {
    for (const name of names) directory.directory(name);
    const last = performance.now();
    assertEquals(toNames(await next(batches)), names);
    // Timers count in whole milliseconds.
    assertGreaterOrEqual(performance.now() - last, 49);
  }
  await batches.return();
  await assertRejects(() => watcher.sync(), Deno.errors.BadResource);
});

Deno.test("`batches().return()` ends a pending `next()`", async () => {
  using directory = new TestDirectory();
  for (const quiet of [0, 60_000]) {
    const watcher = await watch(directory.path);
    const batches = watcher.batches({ quiet });
    const waiting = batches.next();
    await turn();
    assertEquals(await batches.return(), { done: true, value: undefined });
    assertEquals(await waiting, { done: true, value: undefined });
    await assertRejects(() => watcher.sync(), Deno.errors.BadResource);
  }
});

Deno.test("`batches()` yields at most `max` events at once", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  for (const name of ["a", "b", "c", "d", "e"]) directory.directory(name);
  await watcher.sync();
  const batches = watcher.batches({ quiet: 60_000, max: 2 });
  assertEquals(toNames(await next(batches)), ["a", "b"]);
  assertEquals(toNames(await next(batches)), ["c", "d"]);
  const last = next(batches);
  await turn();
  await watcher.close();
  assertEquals(toNames(await last), ["e"]);
  assert((await batches.next()).done);
});

Deno.test("`batches()` keeps each kind of event of a path once", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.file("a"), directory.file("b")];
  const watcher = await watch(directory.path);
  for (const path of [a, b, a, b]) Deno.chmodSync(path, 0o600);
  Deno.writeTextFileSync(a, "");
  Deno.chmodSync(a, 0o600);
  await watcher.sync();
  const batches = watcher.batches({ quiet: 1 });
  const batch = await next(batches);
  assertEquals(batch.map(({ type }, i) => [type, toNames(batch)[i]]), [
    ["attrib", "b"],
    ["modify", "a"],
    ["close_write", "a"],
    ["attrib", "a"],
  ]);
  await batches.return();
});

async function next<T>(batches: AsyncIterator<T>): Promise<T> {
  const { value, done } = await batches.next();
  assert(!done);
  return value;
}
