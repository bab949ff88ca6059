/**
 * Reads a configuration, and again when it changes:
 *
 *     deno run --allow-ffi --allow-read=/etc/app config.ts /etc/app/config.json
 *
 * The file may be replaced, as editors do. It may also be reached through links that
 * get another target, as Kubernetes does with `..data` for all files at once.
 */

import { watch } from "@x/inotify";

const [path = ""] = Deno.args;

await using watcher = await watch(path, { missing: "wait" });
await load();
for await (const _ of watcher.batches({ quiet: 20 })) await load();

async function load(): Promise<void> {
  try {
    const config = JSON.parse(await Deno.readTextFile(path));
    console.log("Loaded", config);
  } catch (error) {
    // The program keeps the old configuration.
    console.error(`Cannot load '${path}':`, error);
  }
}
