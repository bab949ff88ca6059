/** The same burst through the command. */

import { EVENTS, giveBurst } from "../harness/burst.ts";
import { compare, lineOf } from "../harness/compare.ts";
import type { Row } from "../harness/row.ts";
import { cliCommand, inotifywaitCommand } from "../harness/watchers.ts";

export const command: Row = {
  name: "command",
  title: "the burst through `cli.ts --json -r` to a file, processor time",
  async measure({ rounds, watchers }) {
    const lost: number[] = [];
    const lines = await compare({
      rounds: 2 * rounds,
      unit: "ms",
      subjects: {
        "cli.ts --json": async () => {
          const { cpu, lines } = await giveBurst(cliCommand);
          // The first line says that it is ready.
          lost.push(EVENTS - (lines.length - 1));
          return cpu;
        },
        ...watchers.includes("inotifywait") && {
          inotifywait: async () => (await giveBurst(inotifywaitCommand)).cpu,
        },
      },
      limits: { inotifywait: 1 },
    });
    const worst = [Math.max(...lost)];
    const options = { unit: "", limit: 0 };
    return [...lines, lineOf("cli.ts --json, events lost", worst, options)];
  },
};
