import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { Painter } from "../../../lib/cli/top/screen.ts";
import { turn } from "../../support/until.ts";

const fail = (error: Error) => {
  throw error;
};

Deno.test("`Painter` paints until nothing changes, and leaves no timer", async () => {
  const done = Promise.withResolvers<void>();
  const times: number[] = [];
  // Not disposed of, so that the sanitizers notice a timer that still runs.
  const painter = new Painter(() => {
    times.push(performance.now());
    if (times.length === 3) done.resolve();
    return Promise.resolve(times.length < 3);
  }, { fail });
  painter.refresh();
  await done.promise;
  // The work after the last drawing takes a few microtasks.
  await turn();
  assertEquals(times.length, 3);
  // A timer may be a millisecond early.
  for (const i of [1, 2]) assertGreaterOrEqual(times[i]! - times[i - 1]!, 249);
});

Deno.test("`Painter` paints once for all changes", async () => {
  let count = 0;
  const painted = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const painter = new Painter(() => {
    painted[count++]!.resolve();
    // This change comes while it paints, and is not lost.
    if (count === 1) { for (let i = 0; i < 100; i++) painter.refresh(); }
    return Promise.resolve(false);
  }, { fail });
  for (let i = 0; i < 100; i++) painter.refresh();
  await Promise.all(painted.map(({ promise }) => promise));
  assertEquals(count, 2);
});

Deno.test("`Painter` stops painting once it is disposed of", async () => {
  const isPainting = Promise.withResolvers<void>();
  const canEnd = Promise.withResolvers<void>();
  let count = 0;
  const painter = new Painter(async () => {
    count++;
    isPainting.resolve();
    await canEnd.promise;
    return true;
  }, { fail });
  painter.refresh();
  await isPainting.promise;
  let isDisposed = false;
  const disposed = painter[Symbol.asyncDispose]().then(() => isDisposed = true);
  await turn();
  assertEquals(isDisposed, false);
  canEnd.resolve();
  await disposed;
  assertEquals(count, 1);
});

Deno.test("`Painter` reports an error, and stops painting", async () => {
  const failed = Promise.withResolvers<Error>();
  const painter = new Painter(
    () => Promise.reject(new Error("no terminal")),
    { fail: failed.resolve },
  );
  painter.refresh();
  assertEquals((await failed.promise).message, "no terminal");
  painter.refresh();
});
