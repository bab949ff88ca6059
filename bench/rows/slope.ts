/** The cost of one more event in a long burst. */

import { type Command, giveBurst } from "../harness/burst.ts";
import { lineOf } from "../harness/compare.ts";
import { type Row, Skipped } from "../harness/row.ts";
import { median } from "../harness/statistics.ts";
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
    const subjects = {
      inotifywait: inotifywaitCommand,
      "watch()": count("watch()"),
      "cli.ts --json": cliCommand,
    };
    const values: Record<keyof typeof subjects, number[]> = {
      inotifywait: [],
      "watch()": [],
      "cli.ts --json": [],
    };
    // A round takes half a minute. Both of ours have the same measurements of
    // inotifywait.
    for (let round = 0; round < rounds / 2; round++) {
      for (const name of Object.keys(subjects) as (keyof typeof subjects)[]) {
        values[name].push(await perEvent(subjects[name]));
      }
    }
    const theirs = values.inotifywait;
    return ([["watch()", 0.35], ["cli.ts --json", 0.6]] as const).flatMap(
      ([name, limit]) => {
        const own = values[name];
        const ratio = median(theirs.map((value, round) => own[round]! / value));
        return [
          lineOf(name, own, { unit: "us" }),
          { ...lineOf("inotifywait", theirs, { unit: "us" }), ratio, limit },
        ];
      },
    );
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
