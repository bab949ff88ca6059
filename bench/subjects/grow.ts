/**
 * Watches ROOT with WATCHERS watchers, each with CONSUMERS consumers that share its
 * events. Prints at each line of input how many events they got.
 */

import { watch } from "../../mod.ts";

const [root, watchers, consumers] = Deno.args;
let events = 0;

const start = performance.now();
for (let i = 0; i < Number(watchers); i++) {
  const watcher = await watch(root!, { recursive: true });
  for (let j = 0; j < Number(consumers); j++) consume(watcher);
}
console.log(`ready ${performance.now() - start}`);

for await (const _ of Deno.stdin.readable) console.log(events);

async function consume(watcher: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of watcher) events++;
}
