/** `examples/tail.ts`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

Deno.test("tail.ts prints each line once, through rotations", async () => {
  using directory = new TestDirectory();
  await using program = startExample("tail.ts", [directory.at("log/app.log")], [
    "--allow-read",
  ]);
  await program.watching();
  const steps: [script: string, lines: string[]][] = [
    ["mkdir log; echo one > log/app.log", ["one"]],
    ["echo two >> log/app.log; echo three >> log/app.log", ["two", "three"]],
    // Who writes is slow to see that the log was rotated.
    [
      "cd log; mv app.log 1; echo four >> 1; echo five > app.log",
      ["four", "five"],
    ],
    [
      "cd log; mv app.log 2; : > app.log; echo six >> 2; echo 7 to 9 >> app.log",
      ["six", "7 to 9"],
    ],
    ["cp log/app.log log/3; echo ten > log/app.log", ["ten"]],
    ["rm log/app.log; echo eleven > log/app.log", ["eleven"]],
  ];
  for (const [script, lines] of steps) {
    runScript(script, directory.path);
    for (const line of lines) assertEquals(await program.stdout.line(), line);
  }
});
