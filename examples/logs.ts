/**
 * Prints the lines of all logs below a directory, each line once and at once:
 *
 *     deno run --allow-ffi --allow-read=/var/log logs.ts /var/log
 *
 * Logs and directories may be created, renamed (by logrotate), truncated or deleted.
 */

import { watch } from "@x/inotify";

const [directory = "/var/log"] = Deno.args;
/** How far each log was printed. */
const positions = new Map<string, number>();

await using watcher = await watch(directory, {
  recursive: true,
  initial: true,
  events: ["create", "modify", "move", "moved_to", "delete"],
});
for await (const { type, path, from, isDirectory } of watcher) {
  if (type === "move") {
    for (const [log, position] of [...positions]) {
      if (log !== from && !log.startsWith(`${from}/`)) continue;
      positions.delete(log);
      positions.set(path + log.slice(from.length), position);
    }
  }
  if (type === "delete") positions.delete(path);
  else if (isDirectory === false) await print(path);
}

async function print(log: string): Promise<void> {
  let position = positions.get(log) ?? 0;
  try {
    if (!/\.log(\.\d+)?$/.test(log)) return;
    using file = await Deno.open(log);
    const { size } = await file.stat();
    if (size < position) position = 0;
    await file.seek(position, Deno.SeekMode.Start);
    const bytes = await new Response(file.readable).bytes();
    const end = bytes.lastIndexOf(0x0a) + 1;
    positions.set(log, position + end);
    const lines = new TextDecoder().decode(bytes.subarray(0, end)).split("\n");
    for (const line of lines.slice(0, -1)) console.log(`${log}: ${line}`);
  } catch (error) {
    // The log was deleted or moved: an event about that follows.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
