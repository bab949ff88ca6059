import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { watch, type WatchProgress } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { Observation } from "../support/observation.ts";
import {
  countAbove,
  countDescriptors,
  countWatches,
} from "../support/process.ts";
import { makeDeep, slowly } from "../support/slow_walk.ts";

Deno.test("`onProgress` gets the progress of the first walk", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  const observed: WatchProgress[] = [];
  await using watcher = await watch([deep, directory.file("file")], {
    recursive: true,
    exclude: [slowly],
    onProgress: (progress) => observed.push(progress),
  });
  assert(observed.length > 1);
  for (const [i, { directories, path }] of observed.entries()) {
    assert(directories > (observed[i - 1]?.directories ?? 0));
    assertEquals(path, deep + "/a".repeat(directories - 1));
  }
  assertEquals(observed.at(-1)!.directories, 41);
  // The file and the directories above have watches as well.
  assertEquals(watcher.watchCount, 42 + countAbove(deep));
});

Deno.test("`watch()` does not block other tasks while it walks", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  let turns = 0;
  const timer = setInterval(() => turns++);
  await using _watcher = await watch(deep, {
    recursive: true,
    exclude: [slowly],
  });
  clearInterval(timer);
  // The walk takes more than 80 ms. Other tasks run at least every 7 ms.
  assertGreater(turns, 8);
});

Deno.test("an error of `onProgress` makes `watch()` reject", async () => {
  using directory = new TestDirectory();
  const before = countDescriptors();
  const thrown = new Error("no");
  const onProgress = () => {
    throw thrown;
  };
  const error = await assertRejects(() =>
    watch(directory.path, { onProgress })
  );
  assertStrictEquals(error, thrown);
  assertEquals(countDescriptors(), before);
});

Deno.test("`signal` makes `watch()` reject if it is aborted during the first walk", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  const before = countDescriptors();
  const controller = new AbortController();
  const reason = new Error("no");
  const counts: number[] = [];
  const watching = watch(deep, {
    recursive: true,
    exclude: [slowly],
    signal: controller.signal,
    onProgress({ directories }) {
      counts.push(directories);
      controller.abort(reason);
    },
  });
  assertStrictEquals(await assertRejects(() => watching), reason);
  assertEquals(counts.length, 1);
  assertLess(counts[0]!, 41);
  assertEquals(countDescriptors(), before);
  assertEquals(countWatches(), 0);
});

Deno.test("`add()` does not block other tasks while it walks", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  const root = directory.directory("root");
  const watcher = await watch(root, { recursive: true, exclude: [slowly] });
  await using observed = new Observation(watcher, directory.path);
  let isAdded = false;
  const adding = watcher.add(deep).then(() => isAdded = true);
  directory.directory("root/a");
  await observed.untilReported(directory.at("root/a"));
  assert(!isAdded);
  await adding;
  Deno.mkdirSync(`${deep}/new`);
  assertEquals(await observed.take(), ["create root/a/", "create deep/new/"]);
});
