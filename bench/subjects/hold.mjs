// Watches ROOT with WATCHER. Prints at the end how many bytes its objects use.

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onEnd } from "./runtime.mjs";
import { watchers } from "./watchers.mjs";

const [name, root] = process.argv.slice(2);
const watch = await watchers[name]();
await watch(root, () => {});

onEnd(() => {
  // Node.js and Deno have different flags for this.
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  console.log(heapUsed + external);
});
console.log("ready");
