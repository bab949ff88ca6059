/** `examples/json_lines.ts`. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

Deno.test("json_lines.ts passes each event to the program as a line", async () => {
  using directory = new TestDirectory();
  await using program = startExample("json_lines.ts", [directory.path, "cat"], [
    "--allow-run=cat",
  ]);
  await program.watching();
  runScript("mkdir a; mv a b", directory.path);
  const [a, b] = [directory.at("a"), directory.at("b")];
  for (
    const event of [
      { type: "create", path: a, isDirectory: true },
      { type: "move", from: a, path: b, isDirectory: true },
    ]
  ) {
    assertEquals(JSON.parse(await program.stdout.line()), event);
  }
});

Deno.test("json_lines.ts ends when the program has ended", async () => {
  using directory = new TestDirectory();
  await using program = startExample(
    "json_lines.ts",
    [directory.path, "head", "-n1"],
    [
      "--allow-run=head",
    ],
  );
  await program.watching();
  directory.directory("a");
  assertStringIncludes(await program.stdout.line(), `"create"`);
  let i = 0;
  const writing = setInterval(() => directory.directory(`b${i++}`), 5);
  const { code, stderr } = await program.end();
  clearInterval(writing);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});
