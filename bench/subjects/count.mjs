// Watches ROOT with WATCHER and, when it is told to end, prints how many events
// there were and how many entries were new:
//
//     deno run -A count.mjs WATCHER ROOT

import process from "node:process";
import { watchers } from "./watchers.mjs";

const [name, root] = process.argv.slice(2);
const created = new Set();
let events = 0;

await watchers[name](root, (path, isNew) => {
  events++;
  if (isNew) created.add(path);
});

process.on("SIGTERM", () => {
  console.log(JSON.stringify({ events, created: created.size }));
  process.exit();
});
console.log("ready");
