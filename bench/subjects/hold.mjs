// Watches ROOT with WATCHER and does nothing. Prints at its end how many bytes
// its objects take.

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onEnd } from "./runtime.mjs";
import { watchers } from "./watchers.mjs";

const [name, root] = process.argv.slice(2);
const watch = await watchers[name]();
await watch(root, () => {});

onEnd(() => {
  // Not by a flag of the command, which Node.js and Deno spell differently.
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  console.log(heapUsed + external);
});
console.log("ready");
