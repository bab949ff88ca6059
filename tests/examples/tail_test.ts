/** `examples/tail.ts`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { canMount, Mount, TMPFS } from "../support/mounts.ts";
import { hasUnprivileged, unprivileged } from "../support/privileges.ts";
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
    // The writer notices late that the log was rotated.
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

Deno.test({
  name: "tail.ts waits for a new log that may not be read yet",
  ignore: !hasUnprivileged,
  async fn() {
    using directory = new TestDirectory();
    const path = directory.at("log");
    runScript("echo one > log", directory.path);
    await using program = startExample(
      "tail.ts",
      [path],
      ["--allow-read"],
      unprivileged,
    );
    assertEquals(await program.stdout.line(), "one");
    runScript(
      "echo two > new; chmod 0 new; mv log 1; mv new log",
      directory.path,
    );
    // After each event, it prints the old log and then opens the new one.
    for (const line of ["more", "last"]) {
      runScript(`echo ${line} >> 1; chmod 0 log`, directory.path);
      assertEquals(await program.stdout.line(), line);
    }
    runScript("chmod 600 log", directory.path);
    assertEquals(await program.stdout.line(), "two");
  },
});

Deno.test({
  name: "tail.ts recognizes a log on another device with the same inode",
  ignore: !canMount(TMPFS),
  async fn() {
    using directory = new TestDirectory();
    using one = new Mount(TMPFS);
    using two = new Mount(TMPFS);
    const logs = [one, two].map(({ path }) => `${path}/log`);
    for (const log of logs) Deno.writeTextFileSync(log, `first of ${log}\n`);
    const inodes = logs.map((log) => Deno.statSync(log).ino);
    assertEquals(inodes[0], inodes[1]);
    const link = directory.at("link");
    Deno.symlinkSync(logs[0]!, link);
    await using program = startExample("tail.ts", [link], ["--allow-read"]);
    assertEquals(await program.stdout.line(), `first of ${logs[0]}`);
    runScript(`ln -sfn ${logs[1]} link`, directory.path);
    assertEquals(await program.stdout.line(), `first of ${logs[1]}`);
  },
});
