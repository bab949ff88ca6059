/** `examples/config.ts`. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { startExample } from "../support/example.ts";
import { runScript } from "../support/script.ts";

Deno.test("config.ts loads the new target each time the link is replaced", async () => {
  using directory = new TestDirectory();
  const fill = (version: number) =>
    `mkdir ..v${version}; echo '{"version":${version}}' > ..v${version}/a.json;`;
  runScript(
    `${fill(1)} ln -s ..v1 ..data; ln -s ..data/a.json a.json`,
    directory.path,
  );
  await using program = startExample("config.ts", [directory.at("a.json")], [
    `--allow-read=${directory.path}`,
  ]);
  assertEquals(await program.stdout.line(), "Loaded { version: 1 }");
  for (const version of [2, 3, 4]) {
    runScript(
      `${fill(version)} ln -s ..v${version} ..new; mv -T ..new ..data
       rm -r ..v${version - 1}`,
      directory.path,
    );
    assertEquals(await program.stdout.line(), `Loaded { version: ${version} }`);
  }
});

Deno.test("config.ts keeps the old configuration after an error", async () => {
  using directory = new TestDirectory();
  runScript("echo 1 > a.json", directory.path);
  await using program = startExample("config.ts", [directory.at("a.json")], [
    `--allow-read=${directory.path}`,
  ]);
  assertEquals(await program.stdout.line(), "Loaded 1");
  runScript("echo { > a.json", directory.path);
  assertStringIncludes(await program.stderr.line(), "Cannot load");
  runScript("echo 2 > new; mv new a.json", directory.path);
  assertEquals(await program.stdout.line(), "Loaded 2");
});
