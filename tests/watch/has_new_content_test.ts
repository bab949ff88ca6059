import { assertEquals } from "@std/assert";
import { hasNewContent, watch, type WatchEvent } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { describe } from "../support/observation.ts";
import { runScript } from "../support/script.ts";

const ROWS: [script: string, paths: string[]][] = [
  ["echo text > new", ["new"]],
  ["echo text >> file", ["file"]],
  ["mv file new", ["new"]],
  ["echo text > tmp; mv tmp file", ["tmp", "file"]],
  ["sed -i s/old/new/ file", ["file"]],
  ["mv ../out new", ["new"]],
  ["mv ../tree new", ["new/inner"]],
  ["mv full new", ["new"]],
  ["mkdir -p new/sub; echo text > new/sub/file", ["new/sub/file"]],
  ["mkdir new; chmod 600 file; rm file; mv full ..; cat full 2>&1 || :", []],
];

for (const [script, paths] of ROWS) {
  Deno.test(`\`hasNewContent()\` is true for ${paths.join(", ") || "nothing"} after ${script}`, async () => {
    using directory = new TestDirectory();
    runScript(
      `mkdir root tree root/full; echo old > root/file; echo > out
       echo > tree/inner; echo > root/full/inner`,
      directory.path,
    );
    const root = directory.at("root");
    const watcher = await watch(root, { recursive: true });
    runScript(script, root);
    await watcher.sync();
    await watcher.close();
    const events = await Array.fromAsync(watcher);
    const found = events.filter((event) => hasNewContent(event)).map((
      { path },
    ) => path.slice(root.length + 1));
    // sed writes a temporary file with a random name. New directories may be found
    // by a listing or by an event.
    const unique = new Set(found.filter((path) => !path.startsWith("sed")));
    assertEquals([...unique], paths, describe(events, root).join("\n"));
  });
}

Deno.test("`hasNewContent()` narrows to events that have a path", () => {
  const overflow: WatchEvent = { type: "overflow" };
  assertEquals(hasNewContent(overflow), false);
});
