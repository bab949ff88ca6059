/** `examples/logs.ts`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

Deno.test("logs.ts prints each line of each log once", async () => {
  using directory = new TestDirectory();
  runScript("echo one > a.log; echo no > b", directory.path);
  await using program = startExample("logs.ts", [directory.path], [
    `--allow-read=${directory.path}`,
  ]);
  const steps: [script: string, lines: string[]][] = [
    [":", ["a.log: one"]],
    ["printf 'two\\nthr' >> a.log; echo ee >> a.log", [
      "a.log: two",
      "a.log: three",
    ]],
    ["mkdir d; echo four > d/b.log", ["d/b.log: four"]],
    // Who writes is slow to see that the log was rotated.
    ["mv a.log a.log.1; echo five >> a.log.1; echo six > a.log", [
      "a.log.1: five",
      "a.log: six",
    ]],
    ["mv d e; echo seven >> e/b.log", ["e/b.log: seven"]],
    ["cp a.log c; : > a.log; echo 8 > a.log; rm e/b.log", ["a.log: 8"]],
    ["echo nine > e/b.log", ["e/b.log: nine"]],
  ];
  for (const [script, lines] of steps) {
    runScript(script, directory.path);
    for (const line of lines) {
      assertEquals(await program.stdout.line(), `${directory.path}/${line}`);
    }
  }
});
