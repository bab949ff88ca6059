/**
 * Watches ROOT and makes the kernel's queue overflow at each line of input. Prints
 * the milliseconds from the `overflow` until all changes were reported, and the
 * longest block of the event loop meanwhile.
 */

import { inotifyLimits, watch } from "../../mod.ts";
import { measureBlocks } from "./blocks.mjs";

const root = Deno.args[0]!;
const queueSize = inotifyLimits().queuedEvents.value;
let overflowed = Promise.withResolvers<number>();

const watcher = await watch(root, { recursive: true });
consume();
console.log("ready");

for await (const _ of Deno.stdin.readable) {
  flood();
  const start = await overflowed.promise;
  overflowed = Promise.withResolvers();
  const endOfBlocks = measureBlocks();
  await watcher.sync();
  const time = performance.now() - start;
  const block = endOfBlocks();
  console.log(JSON.stringify({ time, block }));
}

async function consume(): Promise<void> {
  for await (const { type } of watcher) {
    if (type === "overflow") overflowed.resolve(performance.now());
  }
}

/** Causes more events than the queue holds; no two in a row are the same. */
function flood(): void {
  const paths = [`${root}/directory-0`, `${root}/directory-1`];
  for (let i = 0; i <= queueSize; i++) {
    for (const path of paths) Deno.chmodSync(path, 0o700 + i % 2);
  }
}
