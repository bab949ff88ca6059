/**
 * Waits until a file exists and is complete:
 *
 *     deno run --allow-ffi wait_for.ts /srv/upload/data.csv && ...
 *
 * A file is complete when it is closed after writing or moved into place. A
 * file that was not opened after its creation is also complete: a hard link, a
 * socket, or a file that existed before. Changes within 200 ms count together.
 */

import { watch } from "@x/inotify";

const [path = ""] = Deno.args;

/** The last event of a complete file. */
const COMPLETE = ["create", "close_write", "close_nowrite", "moved_to"];

await using watcher = await watch(path, {
  missing: "wait",
  initial: true,
  events: [
    "create",
    "open",
    "modify",
    "close_write",
    "close_nowrite",
    "delete",
    "moved_from",
    "moved_to",
  ],
});
/** Returns whether a program has the file open for writing. */
let isWriting = false;
for await (const events of watcher.batches({ quiet: 200 })) {
  for (const { type } of events) {
    if (type === "modify") isWriting = true;
    else if (type !== "open" && type !== "close_nowrite") isWriting = false;
  }
  if (!isWriting && COMPLETE.includes(events.at(-1)!.type)) break;
}
console.log(`'${path}' is complete`);
