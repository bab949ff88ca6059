/** The same burst through the command. */

import { Child } from "../harness/child.ts";
import { compare, lineOf } from "../harness/compare.ts";
import type { Row } from "../harness/row.ts";
import { makeDirectories, makeFiles, Scratch } from "../harness/scratch.ts";
import { cliCommand, inotifywaitCommand } from "../harness/watchers.ts";

const FILES = 20_000;

export const command: Row = {
  name: "command",
  title: "the same through `cli.ts --json -r` to a file, processor time",
  async measure({ rounds, watchers }) {
    const lost: number[] = [];
    const lines = await compare({
      rounds,
      unit: "ms",
      subjects: {
        "cli.ts --json": async () => {
          const { cpu, lines } = await run(cliCommand);
          // The first line says that it is ready.
          lost.push(4 * FILES - (lines - 1));
          return cpu;
        },
        ...watchers.includes("inotifywait") && {
          inotifywait: async () => (await run(inotifywaitCommand)).cpu,
        },
      },
      limits: { inotifywait: 1 },
    });
    const worst = [Math.max(...lost)];
    const options = { unit: "", limit: 0 };
    return [...lines, lineOf("cli.ts --json, events lost", worst, options)];
  },
};

async function run(
  command: (root: string, file: string) => string[],
): Promise<{ cpu: number; lines: number }> {
  using scratch = new Scratch();
  using output = new Scratch({ inMemory: true });
  const directories = makeDirectories(scratch.path, 10);
  const file = `${output.path}/lines`;
  await using child = await Child.start(command(scratch.path, file));
  await child.settled();
  makeFiles(directories, FILES);
  await child.settled();
  const { cpu } = await child.stop();
  const lines = Deno.readTextFileSync(file).split("\n").length - 1;
  return { cpu, lines };
}
