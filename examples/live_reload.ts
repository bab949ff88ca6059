/**
 * Serves the files of a directory, and reloads the pages that show them when
 * one of them changes:
 *
 *     deno run --allow-ffi --allow-net --allow-read=site live_reload.ts site
 */

import { watch } from "@x/inotify";

const [directory = ".", port = "8000"] = Deno.args;
const SCRIPT = `<script>
  new EventSource("/changes").onmessage = () => location.reload();
</script>`;

const pages = new Set<ReadableStreamDefaultController<string>>();

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: () => {},
}, async ({ url }) => {
  const path = decodeURIComponent(new URL(url).pathname);
  if (path === "/changes") return changes();
  if (path.split("/").includes("..")) return notFound();
  const file = path.endsWith("/") ? `${path}index.html` : path;
  try {
    if (!file.endsWith(".html")) {
      return new Response((await Deno.open(directory + file)).readable);
    }
    const html = await Deno.readTextFile(directory + file);
    return new Response(html + SCRIPT, {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  } catch {
    return notFound();
  }
});

await using watcher = await watch(directory, { recursive: true });
console.log(`Watching, open http://127.0.0.1:${server.addr.port}/`);
for await (const _ of watcher.batches({ quiet: 20 })) {
  for (const page of pages) page.enqueue("data: changed\n\n");
}

/** A stream of server-sent events, until the page goes away. */
function changes(): Response {
  let page: ReadableStreamDefaultController<string>;
  const stream = new ReadableStream<string>({
    start: (controller) => void pages.add(page = controller),
    cancel: () => void pages.delete(page),
  });
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/event-stream" },
  });
}

function notFound(): Response {
  return new Response("Not found", { status: 404 });
}
