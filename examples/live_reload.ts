/**
 * Serves the files of a directory, and reloads the pages that show them when
 * one of them changes:
 *
 *     deno run --allow-ffi --allow-net --allow-read=site live_reload.ts site
 */

import { watch } from "@x/inotify";

/** A server-sent event. */
const CHANGED = "data: changed\n\n";

const [directory = ".", port = "8000"] = Deno.args;

const pages = new Set<ReadableStreamDefaultController<string>>();
let version = 0;

await using watcher = await watch(directory, { recursive: true });
const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: () => {},
}, async ({ url }) => {
  const { pathname, search } = new URL(url);
  const path = decodeURIComponent(pathname);
  if (path === "/changes") return changesSince(Number(search.slice(1)));
  if (path.split("/").includes("..")) return notFound();
  const file = path.endsWith("/") ? `${path}index.html` : path;
  // What changes from here on makes the page reload.
  const script = `<script>
    new EventSource("/changes?${version}").onmessage = () => location.reload();
  </script>`;
  try {
    if (!file.endsWith(".html")) {
      return new Response((await Deno.open(directory + file)).readable);
    }
    const html = await Deno.readTextFile(directory + file);
    return new Response(html + script, {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  } catch {
    return notFound();
  }
});
console.log(`Watching, open http://127.0.0.1:${server.addr.port}/`);
for await (const _ of watcher.batches({ quiet: 20 })) {
  version++;
  for (const page of pages) page.enqueue(CHANGED);
}

/** A stream of server-sent events, until the page goes away. */
function changesSince(seen: number): Response {
  let page: ReadableStreamDefaultController<string>;
  const stream = new ReadableStream<string>({
    start(controller) {
      pages.add(page = controller);
      if (seen !== version) page.enqueue(CHANGED);
    },
    cancel: () => void pages.delete(page),
  });
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/event-stream" },
  });
}

function notFound(): Response {
  return new Response("Not found", { status: 404 });
}
