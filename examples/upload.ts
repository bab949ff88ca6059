/**
 * Uploads each file when it is complete, and again when its contents change:
 *
 *     deno run --allow-ffi --allow-read --allow-net upload.ts outbox URL
 *
 * A file is complete when its writer has closed it, or when it was moved there.
 * A file that is written into a new directory may be uploaded twice.
 */

import { hasNewContent, watch } from "@x/inotify";

const [directory = "outbox", url = ""] = Deno.args;

await using watcher = await watch(directory, {
  recursive: true,
  relative: true,
  exclude: ["*.tmp", "*.part"],
});
console.log("Waiting for files");
for await (const event of watcher) {
  if (!hasNewContent(event)) continue;
  try {
    using file = await Deno.open(`${directory}/${event.path}`);
    const target = `${url}/${encodeURIComponent(event.path)}`;
    const body = file.readable;
    const { status } = await fetch(target, { method: "PUT", body });
    console.log(`Uploaded ${event.path}: ${status}`);
  } catch (error) {
    console.error(`Cannot upload ${event.path}:`, error);
  }
}
