/** The time from the start of the command until it watches. */

import { Child, timeToEnd } from "../harness/child.ts";
import { compare } from "../harness/compare.ts";
import type { Row } from "../harness/row.ts";
import { Scratch } from "../harness/scratch.ts";
import {
  cliCommand,
  emptyCommand,
  inotifywaitCommand,
} from "../harness/watchers.ts";

export const start: Row = {
  name: "start",
  title: "from the start of `cli.ts` until it watches",
  async measure({ rounds, watchers }) {
    using scratch = new Scratch({ inMemory: true });
    const { path } = scratch;
    return await compare({
      rounds: 4 * rounds,
      unit: "ms",
      subjects: {
        "cli.ts": () => timeToReady(cliCommand(path)),
        "an empty file, until its end": () => timeToEnd(emptyCommand()),
        ...watchers.includes("inotifywait") && {
          inotifywait: () => timeToReady(inotifywaitCommand(path)),
        },
      },
      limits: { "an empty file, until its end": 2 },
    });
  },
};

async function timeToReady(command: readonly string[]): Promise<number> {
  await using child = await Child.start(command);
  return child.readyAfter;
}
