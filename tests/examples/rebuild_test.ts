/** `examples/rebuild.ts`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

Deno.test("rebuild.ts runs the command at the start and once for many changes", async () => {
  using directory = new TestDirectory();
  directory.directory("src");
  const builds = directory.at("builds");
  await using program = startExample("rebuild.ts", [
    directory.at("src"),
    "sh",
    "-c",
    `ls ${directory.at("src")} | wc -l >> ${builds}`,
  ], ["--allow-run=sh"]);
  assertEquals(await program.stdout.line(), "Built");
  runScript("for i in 1 2 3 4 5; do echo > src/$i; done", directory.path);
  await program.stdout.linesUntil("Built");
  assertEquals(Deno.readTextFileSync(builds), "0\n5\n");
  // A change during a build causes another build.
  runScript("rm src/1", directory.path);
  await program.stdout.linesUntil("Built");
  assertEquals(Deno.readTextFileSync(builds), "0\n5\n4\n");
});

Deno.test("rebuild.ts does not run the command for what git ignores", async () => {
  using directory = new TestDirectory();
  runScript("mkdir dist; echo dist > .gitignore", directory.path);
  const build = `date >> ${directory.at("dist/log")}`;
  await using program = startExample("rebuild.ts", [
    directory.path,
    "sh",
    "-c",
    build,
  ], ["--allow-run=sh"]);
  assertEquals(await program.stdout.line(), "Built");
  directory.file("a");
  await program.stdout.linesUntil("Built");
  // Builds that triggered others would come before it.
  runScript("echo > dist/x; rm a", directory.path);
  await program.stdout.linesUntil("Built");
  const log = Deno.readTextFileSync(directory.at("dist/log"));
  assertEquals(log.trimEnd().split("\n").length, 3);
});

Deno.test("rebuild.ts continues after the command has failed", async () => {
  using directory = new TestDirectory();
  await using program = startExample("rebuild.ts", [directory.path, "false"], [
    "--allow-run=false",
  ]);
  assertEquals(await program.stdout.line(), "Failed with 1");
  directory.file("a");
  await program.stdout.linesUntil("Failed with 1");
});
