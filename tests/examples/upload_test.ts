/** `examples/upload.ts`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

Deno.test("upload.ts uploads each file once, when it is complete", async () => {
  using directory = new TestDirectory();
  const uploads: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const name = decodeURIComponent(new URL(request.url).pathname);
      uploads.push(`${request.method} ${name}: ${await request.text()}`);
      return new Response();
    },
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const outbox = directory.directory("outbox");
  // The first name shows whether the file system ignores case. Without one, the
  // directory is listed again after the first move.
  directory.file("outbox/first");
  await using program = startExample("upload.ts", [outbox, `http://${host}`], [
    `--allow-read=${outbox}`,
    `--allow-net=${host}`,
  ]);
  await program.stdout.line();
  const steps: [script: string, uploads: string[]][] = [
    ["(echo 1; echo 2) > outbox/a", ["/a: 1\n2\n"]],
    ["echo 3 > b; mv b outbox/b.tmp; mv outbox/b.tmp outbox/b", ["/b: 3\n"]],
    ["mkdir -p c/d; echo 4 > c/d/e; mv c outbox", ["/c/d/e: 4\n"]],
    ["echo 5 > outbox/x.part; echo 6 >> outbox/a", ["/a: 1\n2\n6\n"]],
  ];
  for (const [script, expected] of steps) {
    runScript(script, directory.path);
    for (const _ of expected) await program.stdout.line();
    assertEquals(uploads.splice(0), expected.map((each) => `PUT ${each}`));
  }
});
