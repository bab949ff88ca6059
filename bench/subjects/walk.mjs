// Watches ROOT with WATCHER. Prints the milliseconds until it is watched, and the
// longest block of the event loop in milliseconds.

import process from "node:process";
import { measureBlocks } from "./blocks.mjs";
import { watchers } from "./watchers.mjs";

const [name, root] = process.argv.slice(2);
const watch = await watchers[name]();
const endOfBlocks = measureBlocks();
const start = performance.now();
await watch(root, () => {});
const time = performance.now() - start;
const block = endOfBlocks();
console.log(`ready ${JSON.stringify({ time, block })}`);
