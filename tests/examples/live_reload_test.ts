/** `examples/live_reload.ts`. */

import { assertEquals } from "@std/assert";
import { Browser } from "../support/browser.ts";
import type { Command } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";
import { settle } from "../support/until.ts";

Deno.test({
  name: "live_reload.ts reloads the page in a browser",
  ignore: !Browser.isInstalled,
  async fn() {
    using directory = new TestDirectory();
    // The page itself reports that it was loaded, and its text.
    const shown: string[] = [];
    const show = async (what: string) => {
      await settle(() => shown.includes(what));
      assertEquals(shown.at(-1), what);
    };
    await using server = Deno.serve(
      { port: 0, onListen: () => {} },
      ({ url }) => {
        shown.push(decodeURIComponent(new URL(url).search.slice(1)));
        return new Response();
      },
    );
    const save = (title: string) =>
      Deno.writeTextFileSync(
        directory.at("index.html"),
        `<title>${title}</title><script type="module">
          import style from "./style.js";
          fetch("http://localhost:${server.addr.port}/?" + document.title +
            encodeURIComponent(" " + style), { mode: "no-cors" });
        </script>`,
      );
    save("one");
    Deno.writeTextFileSync(directory.at("style.js"), "export default 'red';");
    await using program = startExample(
      "live_reload.ts",
      [directory.path, "0"],
      [
        "--allow-net",
        `--allow-read=${directory.path}`,
      ],
    );
    const url = await readUrl(program);
    await using _ = new Browser(url);
    await show("one red");
    save("two");
    await show("two red");
    Deno.writeTextFileSync(directory.at("style.js"), "export default 'blue';");
    await show("two blue");
  },
});

const RESPONSES: [path: string, status: number, type?: string][] = [
  ["", 200, "text/html; charset=utf-8"],
  ["sub", 200, "text/html; charset=utf-8"],
  ["/sub", 200, "text/html; charset=utf-8"],
  // A browser does not run a module with another type.
  ["script.js", 200, "text/javascript; charset=utf-8"],
  ["style.css", 200, "text/css; charset=utf-8"],
  ["data", 200, "application/octet-stream"],
  ["../secret", 404],
  ["..%2fsecret", 404],
  ["nothing", 404],
  ["pipe", 404],
  ["%ff", 404],
  ["%00", 404],
];

Deno.test("live_reload.ts serves files with their types, and no file outside of its directory", async () => {
  using directory = new TestDirectory();
  runScript(
    "touch secret; mkdir -p site/sub; cd site; touch index.html sub/index.html script.js style.css data; mkfifo pipe",
    directory.path,
  );
  await using program = startExample("live_reload.ts", [
    directory.at("site"),
    "0",
  ], ["--allow-net", "--allow-read"]);
  const url = await readUrl(program);
  const responses: typeof RESPONSES = [];
  for (const [path] of RESPONSES) {
    const { body, headers, ok, status } = await fetch(url + path);
    await body?.cancel();
    const type = headers.get("content-type");
    responses.push(ok ? [path, status, type!] : [path, status]);
  }
  assertEquals(responses, RESPONSES);
  program.kill("SIGTERM");
  assertEquals((await program.end()).stderr, "");
});

/** Returns the address of live_reload.ts when it also watches. */
async function readUrl({ stdout }: Command): Promise<string> {
  const line = await stdout.line();
  assertEquals(line.slice(0, 8), "Watching");
  return line.slice(line.indexOf("http"));
}
