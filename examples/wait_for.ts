/**
 * Waits until a file is there and complete:
 *
 *     deno run --allow-ffi wait_for.ts /srv/upload/data.csv && ...
 *
 * It is once it was closed after writing, or moved there. If it was there
 * before, or was made together with its directory, nothing tells: then it counts
 * as complete when nobody has written to it for a while.
 */

import { watch } from "@x/inotify";

const [path = ""] = Deno.args;

await using watcher = await watch(path, {
  missing: "wait",
  initial: true,
  events: [
    "create",
    "modify",
    "close_write",
    "delete",
    "moved_from",
    "moved_to",
  ],
});
for await (const events of watcher.batches({ quiet: 200 })) {
  const last = events.at(-1)!;
  const isFound = last.type === "create" && last.synthetic;
  if (isFound || last.type === "close_write" || last.type === "moved_to") break;
}
console.log(`'${path}' is complete`);
