// Watches ROOT with WATCHER and does nothing, without any garbage left. Prints
// how many bytes its objects take.

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { watchers } from "./watchers.mjs";

// Not by a flag of the command, which Node.js and Deno spell differently.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const [name, root] = process.argv.slice(2);
const watch = await watchers[name]();
await watch(root, () => {});
for (let i = 0; i < 5; i++) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  collectGarbage();
}
const { heapUsed, external } = process.memoryUsage();
console.log(`ready ${heapUsed + external}`);
