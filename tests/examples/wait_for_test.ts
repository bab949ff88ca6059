/** `examples/wait_for.ts`. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

const COMPLETE: [how: string, before: string, after?: string][] = [
  ["was there before", "mkdir a; echo > a/file"],
  ["is moved there", "mkdir a; echo > file", "mv file a"],
  ["was made with its directories", "true", "mkdir a; echo > a/file"],
  ["is made again", "mkdir a; echo > a/file; rm a/file", "echo > a/file"],
  // This is how mail is delivered.
  ["is linked there", "mkdir a; echo > file", "ln file a"],
  ["is a named pipe", "mkdir a", "mkfifo a/file"],
  [
    "is linked there and read at once",
    "mkdir a; echo > file",
    "ln file a; cat a/file",
  ],
];

for (const [how, before, after] of COMPLETE) {
  Deno.test(`wait_for.ts finds a complete file that ${how}`, async () => {
    using directory = new TestDirectory();
    runScript(before, directory.path);
    await using program = startExample("wait_for.ts", [directory.at("a/file")]);
    if (after !== undefined) {
      await program.watching();
      runScript(after, directory.path);
    }
    const { code, stdout } = await program.end();
    assertEquals(code, 0);
    assertStringIncludes(stdout, "is complete");
  });
}

Deno.test("wait_for.ts waits until a writer closes the file", async () => {
  using directory = new TestDirectory();
  const path = directory.at("file");
  await using program = startExample("wait_for.ts", [path]);
  await program.watching();
  let isComplete = false;
  {
    using file = await Deno.create(path);
    program.status.then(() => isComplete = true);
    // Each pause is longer than 200 ms, also the one before the first byte.
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      file.writeSync(new Uint8Array(1));
    }
    assertEquals(isComplete, false);
  }
  assertEquals((await program.end()).code, 0);
});
