/**
 * Tests how a program changes files. `sync()` makes sure that all events have arrived,
 * so the test neither sleeps nor misses a late event.
 *
 *     deno test --allow-ffi --allow-read --allow-write sync_test.ts
 */

import { watch } from "@x/inotify";
import { assertEquals } from "@std/assert";

/** The tested function: saves a text so that no reader ever sees half of it. */
function save(path: string, text: string): void {
  Deno.writeTextFileSync(`${path}.new`, text);
  Deno.renameSync(`${path}.new`, path);
}

Deno.test("`save()` never opens the file itself", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/notes.txt`;
  const watcher = await watch(directory, { events: ["open", "move"] });

  save(path, "Hello");

  await watcher.sync();
  await watcher.close();
  const events = await Array.fromAsync(watcher);
  assertEquals(events, [
    { type: "open", path: `${path}.new`, isDirectory: false },
    { type: "move", from: `${path}.new`, path, isDirectory: false },
  ]);
  await Deno.remove(directory, { recursive: true });
});
