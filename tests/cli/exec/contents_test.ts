import { assertEquals } from "@std/assert";
import { Contents } from "../../../lib/cli/exec/contents.ts";
import { watch } from "../../../mod.ts";
import { TestDirectory } from "../../support/directory.ts";
import { runScript } from "../../support/script.ts";

/** The operations in a directory whose `a` has the text `1`, and the changed paths. */
const STEPS: [script: string, changed: string[]][] = [
  ["touch a", []],
  ["chmod 600 a", []],
  ["cat a > /dev/null", []],
  ["echo 2 > a", ["a"]],
  ["echo 2 > a", []],
  // Editors save like this.
  ["mv a a~; echo 2 > a; rm a~", []],
  ["echo 2 > b; mv b a", []],
  ["echo 3 > b; mv b a", ["a"]],
  ["echo 3 > a; echo 4 >> a", ["a"]],
  ["echo x > c; rm c", []],
  ["rm a", ["a"]],
  ["echo 4 > a", ["a"]],
  ["mkdir d", ["d"]],
  ["chmod 700 d", []],
  ["rmdir d", ["d"]],
  ["mkfifo f", ["f"]],
  ["touch f", []],
  ["head -c 3000000 /dev/zero > g", ["g"]],
  ["head -c 3000000 /dev/zero > g; touch g", []],
  ["printf x | dd of=g seek=2999999 bs=1 conv=notrunc 2>/dev/null", ["g"]],
];

Deno.test("`Contents` distinguishes changes from events that leave a file as it was", async () => {
  using directory = new TestDirectory();
  runScript("echo 1 > a", directory.path);
  using contents = new Contents();
  await using watcher = await watch(directory.path);
  const iterator = watcher[Symbol.asyncIterator]();
  for (const [script, expected] of STEPS) {
    runScript(script, directory.path);
    await watcher.sync();
    runScript(": > .mark", directory.path);
    const events = [];
    for (;;) {
      const event = (await iterator.next()).value!;
      if (event.type === "close_write" && event.path?.endsWith("/.mark")) break;
      if (!event.path?.endsWith("/.mark")) events.push(event);
    }
    const changed = await contents.changed(events);
    const names = changed.map(({ path }) => path!.split("/").at(-1)!);
    assertEquals([...new Set(names)].sort(), expected, script);
  }
});
