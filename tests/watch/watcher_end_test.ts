import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  watch,
  type Watcher,
  type WatchEvent,
  type WatchEventType,
} from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { toNames } from "../support/observation.ts";
import {
  countAbove,
  countDescriptors,
  countWatches,
} from "../support/process.ts";
import { makeDeep, slowly } from "../support/slow_walk.ts";
import { turn } from "../support/until.ts";

Deno.test("`readable` yields the events, and canceling it closes the watcher", async () => {
  using directory = new TestDirectory();
  const before = countDescriptors();
  const watcher = await watch(directory.path);
  directory.directory("a");
  directory.directory("b");
  const events = [];
  for await (const event of watcher.readable) {
    events.push(event);
    if (events.length === 2) break;
  }
  assertEquals(toNames(events), ["a", "b"]);
  await assertClosed(watcher);
  assertEquals(countDescriptors(), before);
});

Deno.test("`readable` ends when the watcher is closed", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path);
  directory.directory("a");
  await watcher.sync();
  const reading = Array.fromAsync(watcher.readable);
  await watcher.close();
  assertEquals(toNames(await reading), ["a"]);
});

Deno.test("`readable` can be piped", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("root");
  const watcher = await watch(root);
  directory.directory("root/a");
  await watcher.sync();
  Deno.removeSync(root, { recursive: true });
  const paths = watcher.readable.pipeThrough(
    new TransformStream<WatchEvent, string>({
      transform: (event, controller) => controller.enqueue(event.type),
    }),
  );
  assertEquals(await Array.fromAsync(paths), [
    "create",
    "delete",
    "delete_self",
  ]);
});

Deno.test("several iterators share the events, and all of them end", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  const taken: string[][] = [[], [], []];
  const iterating = taken.map(async (list) => {
    for await (const event of watcher) list.push(...toNames([event]));
  });
  for (const name of ["a", "b", "c", "d", "e", "f"]) {
    directory.directory(name);
    await watcher.sync();
  }
  await watcher.close();
  await Promise.all(iterating);
  assertEquals(taken.flat().toSorted(), ["a", "b", "c", "d", "e", "f"]);
});

const ENDINGS: [what: string, end: (watcher: Watcher) => unknown][] = [
  ["`close()`", (watcher) => watcher.close()],
  ["`using`", (watcher) => {
    using _watcher = watcher;
  }],
  ["`await using`", async (watcher) => {
    await using _watcher = watcher;
  }],
  ["`break`", async (watcher) => {
    for await (const _ of watcher) break;
  }],
  ["`break` in a loop over `batches()`", async (watcher) => {
    for await (const _ of watcher.batches({ quiet: 0 })) break;
  }],
  ["an error in the loop", async (watcher) => {
    await assertRejects(async () => {
      for await (const { type } of watcher) throw new RangeError(type);
    }, RangeError);
  }],
  ["`readable.cancel()`", (watcher) => watcher.readable.cancel()],
];

for (const [what, end] of ENDINGS) {
  Deno.test(`${what} closes the watcher and releases everything`, async () => {
    using directory = new TestDirectory();
    directory.directory("a");
    const before = countDescriptors();
    const watcher = await watch(directory.path, { recursive: true });
    directory.directory("b");
    await watcher.sync();
    await end(watcher as Watcher);
    await assertClosed(watcher);
    await watcher.close();
    assertEquals(countDescriptors(), before);
    assertEquals(countWatches(), 0);
  });
}

async function assertClosed(watcher: Watcher<WatchEventType>): Promise<void> {
  const message = "Cannot use the watcher: it is closed";
  const { BadResource } = Deno.errors;
  await assertRejects(() => watcher.sync(), BadResource, message);
  await assertRejects(() => watcher.add("/"), BadResource, message);
  assertThrows(() => watcher.remove("/"), BadResource, message);
}

Deno.test("`close()` ends an iteration after the events that were read", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  directory.directory("a");
  directory.directory("b");
  await watcher.sync();
  directory.directory("never");
  const closing = watcher.close();
  assertStrictEquals(watcher.close(), closing);
  assertEquals(toNames(await Array.fromAsync(watcher)), ["a", "b"]);
  assertEquals(await Array.fromAsync(watcher), []);
  await closing;
  watcher[Symbol.dispose]();
  await watcher[Symbol.asyncDispose]();
});

Deno.test("`close()` ends a waiting iteration", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path);
  const iterating = Array.fromAsync(watcher);
  await turn();
  await watcher.close();
  assertEquals(await iterating, []);
});

Deno.test("`close()` makes a pending `add()` reject", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  const before = countDescriptors();
  const watcher = await watch([], { recursive: true, exclude: [slowly] });
  const adding = assertRejects(
    () => watcher.add(deep),
    Deno.errors.BadResource,
    "Cannot use the watcher: it is closed",
  );
  await watcher.close();
  await adding;
  assertEquals(countDescriptors(), before);
});

Deno.test("`watch()` and `close()` leak nothing in 100 rounds", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(directory.at("a/b"), { recursive: true });
  const before = countDescriptors();
  for (let i = 0; i < 100; i++) {
    const watcher = await watch(directory.path, { recursive: true });
    assertEquals(watcher.watchCount, 3 + countAbove(directory.path));
    await watcher.close();
  }
  assertEquals(countDescriptors(), before);
});
