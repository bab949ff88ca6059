/**
 * Watches ROOT, and at each line of input takes what is queued: prints how many
 * events that was and how many nanoseconds each of them took. `drain.c` is the
 * same in C.
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
