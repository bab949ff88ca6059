// Watches ROOT with WATCHER and does nothing, without any garbage left. Prints
// how many bytes its objects take.

import process from "node:process";
import { watchers } from "./watchers.mjs";

const [name, root] = process.argv.slice(2);
const watch = await watchers[name]();
await watch(root, () => {});
for (let i = 0; i < 5; i++) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  globalThis.gc();
}
const { heapUsed, external } = process.memoryUsage();
console.log(`ready ${heapUsed + external}`);
