/**
 * Watches ROOT and reads the queue at each line of input. Prints the number of
 * events and the nanoseconds for each of them. `drain.c` does the same in C.
 */

import { IN, Inotify } from "../../mod.ts";

const root = Deno.args[0]!;
using inotify = new Inotify();
inotify.addWatch(root, IN.CREATE | IN.MODIFY | IN.CLOSE_WRITE);
console.log("ready");

for await (const _ of Deno.stdin.readable) {
  const start = performance.now();
  let count = 0;
  for (;;) {
    const { length } = inotify.read();
    if (length === 0) break;
    count += length;
  }
  const time = performance.now() - start;
  console.log(`${count} ${1e6 * time / count}`);
}
