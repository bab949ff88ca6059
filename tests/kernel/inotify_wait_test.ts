/** `Inotify.wait()`. */

import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
  fail,
} from "@std/assert";
import { IN, Inotify } from "../../mod.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { describe } from "../support/events.ts";
import { turn } from "../support/until.ts";

Deno.test("`wait()` resolves at once if events are queued, and keeps them", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.CREATE);
  directory.file("a");
  assert(await inotify.wait());
  assert(await inotify.wait());
  assertEquals(describe(inotify.read()), [`${wd} IN_CREATE a`]);
});

Deno.test("`wait()` resolves when an event arrives", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  let resolved = false;
  const waiting = inotify.wait().finally(() => resolved = true);
  await inotify.wait(20);
  assert(!resolved);
  directory.file("a");
  assert(await waiting);
  assertEquals(inotify.read().length, 1);
});

Deno.test("`wait()` resolves after its timeout without an event", async () => {
  using inotify = new Inotify();
  for (const timeout of [0, 30]) {
    const start = performance.now();
    assert(await inotify.wait(timeout));
    assertGreaterOrEqual(performance.now() - start, timeout);
    assertEquals(inotify.read(), []);
  }
});

for (const timeout of [-1, -Infinity, Infinity, 2 ** 53]) {
  Deno.test(`\`wait(${timeout})\` waits until there is an event`, async () => {
    using directory = new TestDirectory();
    using inotify = new Inotify();
    inotify.addWatch(directory.path, IN.CREATE);
    const waiting = inotify.wait(timeout);
    const first = await Promise.race([waiting, inotify.wait(20).then(turn)]);
    assertEquals(first, undefined);
    directory.file("a");
    assert(await waiting);
    assertEquals(inotify.read().length, 1);
  });
}

Deno.test("`wait()` rejects what is not a number", async () => {
  const inotify = new Inotify();
  for (const _ of ["open", "closed"]) {
    await assertRejects(
      () => inotify.wait(NaN),
      RangeError,
      "Cannot use NaN as timeout: it is not a number",
    );
    await assertRejects(
      // deno-lint-ignore no-explicit-any
      () => inotify.wait("1" as any),
      TypeError,
      'Cannot use "1" as timeout: it is not a number',
    );
    await inotify.close();
  }
});

for (const timeout of [undefined, 60_000]) {
  Deno.test(`\`wait(${timeout ?? ""})\` lets the events of a burst gather`, async () => {
    using directory = new LargeDirectory();
    using inotify = new Inotify();
    inotify.addWatch(directory.path, IN.CREATE | IN.DELETE);
    const end = beginBurst(inotify, directory);
    Deno.removeSync(directory.file("a"));
    assert(await inotify.wait(timeout));
    assertGreaterOrEqual(performance.now(), end);
    assertLess(performance.now(), end + 30_000);
    assertEquals(inotify.read().length, 2);
  });
}

Deno.test("`wait()` respects its timeout during a burst", async () => {
  using directory = new LargeDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE | IN.DELETE);
  // On a busy machine, a pause may be over before anything is awaited.
  for (let tries = 0; tries < 1000; tries++) {
    const end = beginBurst(inotify, directory);
    assert(await inotify.wait(0));
    if (performance.now() < end) return;
  }
  fail("each time, it waited until the pause was over");
});

/** Makes a burst, and returns the time at which the pause after it ends. */
function beginBurst(inotify: Inotify, directory: TestDirectory): number {
  // On a busy machine, the events may be too slow for a burst.
  for (let tries = 0; tries < 1000; tries++) {
    for (let i = 0; i < 200; i++) Deno.removeSync(directory.file("a"));
    inotify.read();
    if (inotify.pause > 0) return performance.now() + inotify.pause;
  }
  fail("it never came to a burst");
}

Deno.test("`wait()` does not let events gather if the last read left some", () => {
  using directory = new LargeDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  // With names of this length, a read returns 240 events.
  for (let i = 0; i < 2000; i++) directory.file(`${i}`.padStart(255, "x"));
  for (let reads = 0; reads < 2; reads++) {
    assertEquals(inotify.read().length, 963);
    assertEquals(inotify.pause, 0);
  }
  assertEquals(inotify.read().length, 74);
});

Deno.test("`wait()` may be called several times at once", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  const waiting = [inotify.wait(), inotify.wait(), inotify.wait(10_000)];
  directory.file("a");
  assertEquals(await Promise.all(waiting), [true, true, true]);
});
