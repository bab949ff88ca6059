/**
 * Writes events as JSON lines into another program:
 *
 *     deno run --allow-ffi --allow-run=jq json_lines.ts src jq .path
 *
 * While the other program does not read, the events wait. When it ends, this program
 * ends with the next event.
 */

import { watch } from "@x/inotify";

const [directory = ".", command = "cat", ...args] = Deno.args;

await using watcher = await watch(directory, { recursive: true });
const program = new Deno.Command(command, { args, stdin: "piped" }).spawn();

const lines = new TransformStream<unknown, string>({
  transform: (event, output) => output.enqueue(`${JSON.stringify(event)}\n`),
});
try {
  await watcher.readable.pipeThrough(lines).pipeThrough(new TextEncoderStream())
    .pipeTo(program.stdin);
} catch (error) {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}
