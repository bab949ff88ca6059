// Watches ROOT with WATCHER and, on SIGTERM, prints how many events
// there were and how many entries were new:
//
//     deno run -A count.mjs WATCHER ROOT

import { args, onEnd } from "./runtime.mjs";
import { watchers } from "./watchers.mjs";

const [name, root] = args;
let events = 0;
let created = 0;

const watch = await watchers[name]();
await watch(root, (_, isNew) => {
  events++;
  if (isNew) created++;
});

onEnd(() => {
  console.log(JSON.stringify({ events, created }));
});
console.log("ready");
