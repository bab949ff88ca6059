// Watches ROOT with WATCHER, and at each line of input creates 50 files one after
// the other. Prints the milliseconds until each was reported.

import { writeFileSync } from "node:fs";
import process from "node:process";
import { watchers } from "./watchers.mjs";

const CHANGES = 50;

/** A pause in which the thread falls asleep, in milliseconds. */
const PAUSE = 10;

/** An event that takes longer than this, in milliseconds, is lost. */
const TIMEOUT_MS = 5000;

const [name, root] = process.argv.slice(2);
let changes = 0;
let awaited;

const watch = await watchers[name]();
await watch(root, (path) => {
  if (path === awaited?.path) awaited.resolve();
});
console.log("ready");

for await (const _ of process.stdin) {
  const times = [];
  for (let i = 0; i < CHANGES; i++) times.push(await change());
  console.log(JSON.stringify(times));
}

async function change() {
  const path = `${root}/file-${changes++}.txt`;
  const start = performance.now();
  await new Promise((resolve) => {
    awaited = { path, resolve };
    setTimeout(resolve, TIMEOUT_MS).unref();
    writeFileSync(path, "");
  });
  const time = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  return time;
}
