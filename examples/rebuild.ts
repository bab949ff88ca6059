/**
 * Runs a command now, and again whenever something below a directory changed:
 *
 *     deno run --allow-ffi --allow-run=make rebuild.ts src make
 *
 * Changes that come while the command runs lead to one more run. What git ignores
 * leads to none: the command may write there.
 */

import { watch } from "@x/inotify";

const [directory = ".", command = "make", ...args] = Deno.args;

await using watcher = await watch(directory, {
  recursive: true,
  gitignore: true,
});
await build();
for await (const changes of watcher.batches({ quiet: 50 })) {
  console.log(`${changes.length} changes`);
  await build();
}

async function build(): Promise<void> {
  const { success, code } = await new Deno.Command(command, { args }).spawn()
    .status;
  console.log(success ? "Built" : `Failed with ${code}`);
}
