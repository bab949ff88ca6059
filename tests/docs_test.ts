/** Runs the operations in the tables of `docs/`. */

import { assertEquals, assertGreater } from "@std/assert";
import { watch } from "../mod.ts";
import { TestDirectory } from "./support/directory.ts";
import { Observation } from "./support/observation.ts";
import { runScript } from "./support/script.ts";

const page = new URL("../docs/semantics.md", import.meta.url);
const rows = (await Deno.readTextFile(page))
  .matchAll(/^\| `(.+?)` +\| (.*?) *\|$/gm)
  .map(([, script = "", events = ""]) => ({ script, events }))
  .filter(({ script }) => script.includes(" "))
  .toArray();

Deno.test("docs/semantics.md has a table of operations", () => {
  assertGreater(rows.length, 20);
});

for (const { script, events } of rows) {
  Deno.test(`docs/semantics.md has the events of: ${script}`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("root");
    runScript(
      "mkdir root/full root/empty tree; for i in root/file root/full/inner out tree/inner; do echo > $i; done",
      directory.path,
    );
    await using observed = new Observation(
      await watch(root, { recursive: true }),
      root,
    );
    runScript(script, root);
    assertEquals((await observed.take()).join(", "), events);
  });
}
