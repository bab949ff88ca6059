/** The cost of one more event in a long burst. */

import { type Command, giveBurst } from "../harness/burst.ts";
import { compare } from "../harness/compare.ts";
import { type Line, type Row, Skipped } from "../harness/row.ts";
import {
  cliCommand,
  inotifywaitCommand,
  type Watcher,
  watcherCommand,
} from "../harness/watchers.ts";

/** The lengths of two bursts; both include the start of the program. */
const SHORT = 20_000;
const LONG = 100_000;

/** Each file is created, opened, written and closed. */
const EVENTS_PER_FILE = 4;

export const slope: Row = {
  name: "slope",
  title: "one more event in a long burst, processor time: that of a burst of " +
    "100,000 files less that of 20,000, for each event of the difference",
  async measure({ rounds, watchers }) {
    if (!watchers.includes("inotifywait")) {
      throw new Skipped("inotifywait is not installed");
    }
    const each = {
      rounds,
      unit: "us",
      subjects: { inotifywait: () => perEvent(inotifywaitCommand) },
    };
    const library = count("watch()");
    const ours: readonly [string, Command, number][] = [
      ["watch()", library, 0.35],
      ["cli.ts --json", cliCommand, 0.6],
    ];
    const lines: Line[] = [];
    for (const [name, command, limit] of ours) {
      lines.push(
        ...await compare({
          ...each,
          subjects: { [name]: () => perEvent(command), ...each.subjects },
          limits: { inotifywait: limit },
        }),
      );
    }
    return lines;
  },
};

function count(watcher: Watcher): Command {
  return (root, file) => watcherCommand("count.mjs", watcher, root, file);
}

async function perEvent(command: Command): Promise<number> {
  const short = await giveBurst(command, { files: SHORT });
  const long = await giveBurst(command, { files: LONG });
  const events = EVENTS_PER_FILE * (LONG - SHORT);
  return 1000 * (long.cpu - short.cpu) / events;
}
