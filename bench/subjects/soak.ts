/**
 * Watches ROOT and creates a file there ten times a second to measure the latency.
 * Prints the results at each line of input.
 */

import { watch } from "../../mod.ts";

const INTERVAL = 100;

const root = Deno.args[0]!;
const probe = `${root}/probe`;
let probedAt = 0;
let events = 0;
let overflows = 0;
let latencies: number[] = [];

const watcher = await watch(root, { recursive: true });
consume();
setInterval(() => {
  probedAt = performance.now();
  Deno.writeTextFileSync(probe, "");
  Deno.removeSync(probe);
}, INTERVAL);
console.log("ready");

for await (const _ of Deno.stdin.readable) {
  console.log(JSON.stringify({ events, overflows, latencies }));
  events = 0;
  overflows = 0;
  latencies = [];
}

async function consume(): Promise<void> {
  for await (const event of watcher) {
    events++;
    if (event.type === "overflow") overflows++;
    if (event.type !== "create" || event.path !== probe) continue;
    latencies.push(performance.now() - probedAt);
  }
}
