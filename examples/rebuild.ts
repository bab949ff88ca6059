/**
 * Runs a command now, and again whenever something below a directory changed:
 *
 *     deno run --allow-ffi --allow-run=make rebuild.ts src make
 *
 * Changes during a run cause one more run. Entries that git ignores cause none, so the
 * command may write them.
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
