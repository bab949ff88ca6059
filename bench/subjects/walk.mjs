// Watches ROOT with WATCHER. Prints the milliseconds until it is watched, and the
// longest block of the event loop in milliseconds.

import process from "node:process";
import { watchers } from "./watchers.mjs";

const [name, root] = process.argv.slice(2);
const watch = await watchers[name]();
let last = performance.now();
let block = 0;

function tick() {
  const now = performance.now();
  block = Math.max(block, now - last - 1);
  last = now;
}

const ticking = setInterval(tick, 1);
const start = performance.now();
await watch(root, () => {});
const time = performance.now() - start;
tick();
clearInterval(ticking);
console.log(`ready ${JSON.stringify({ time, block })}`);
