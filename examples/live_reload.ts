/**
 * Serves the files of a directory, and reloads the pages that show them when a
 * file changes:
 *
 *     deno run --allow-ffi --allow-net --allow-read=site live_reload.ts site
 */

import { watch } from "@x/inotify";

/** The content types by file extension; a browser needs those of scripts. */
const CONTENT_TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
};

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
}, ({ url }) => {
  const { pathname, search } = new URL(url);
  return pathname === "/changes"
    ? changesSince(Number(search.slice(1)))
    : serve(pathname);
});
console.log(`Watching, open http://127.0.0.1:${server.addr.port}/`);
for await (const _ of watcher.batches({ quiet: 20 })) {
  version++;
  for (const page of pages) page.enqueue(CHANGED);
}

async function serve(pathname: string): Promise<Response> {
  // Every later change makes the page reload.
  const script = `<script>
    new EventSource("/changes?${version}").onmessage = () => location.reload();
  </script>`;
  try {
    const path = decodeURIComponent(pathname);
    if (path.split("/").includes("..")) return notFound();
    const file = directory + (path.endsWith("/") ? `${path}index.html` : path);
    const { isDirectory, isFile } = await Deno.stat(file);
    if (isDirectory) {
      // A path that begins with two slashes would be on another server.
      const location = pathname.replace(/^\/*/, "/") + "/";
      return new Response(null, { status: 307, headers: { location } });
    }
    // Opening a named pipe would wait for its writer.
    if (!isFile) return notFound();
    const extension = file.slice(file.lastIndexOf(".") + 1).toLowerCase();
    const body = extension === "html"
      ? await Deno.readTextFile(file) + script
      : (await Deno.open(file)).readable;
    const type = CONTENT_TYPES[extension] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": type } });
  } catch {
    // The file is missing, or the path is not even text, such as "/%ff".
    return notFound();
  }
}

/** Returns a stream of server-sent events, which ends when the page closes. */
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
