/**
 * Serves the files of a directory from memory, always as they are on disk:
 *
 *     deno run --allow-ffi --allow-read=public --allow-net cache.ts public 8000
 */

import { watch } from "@x/inotify";

const [directory = "public", port = "8000"] = Deno.args;
const cache = new Map<string, Uint8Array<ArrayBuffer>>();
let changes = 0;

const watcher = await watch(directory, { recursive: true, missing: "wait" });
const options: Deno.ServeTcpOptions = {
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: ({ port }) => console.log(`Serving http://127.0.0.1:${port}/`),
};
Deno.serve(options, async ({ url }) => {
  const path = directory + decodeURIComponent(new URL(url).pathname);
  const known = cache.get(path);
  if (known) return new Response(known, { headers: { "x-cache": "hit" } });
  const before = changes;
  const body = await Deno.readFile(path).catch(() => undefined);
  if (!body) return new Response("Not found", { status: 404 });
  // The file may have changed while it was read.
  if (changes === before) cache.set(path, body);
  return new Response(body);
});

for await (const { path, from, isDirectory } of watcher) {
  changes++;
  for (const each of [path, from]) if (each !== undefined) cache.delete(each);
  // After an overflow, or if a directory moved, any file may be another one.
  if (isDirectory !== false) cache.clear();
}
