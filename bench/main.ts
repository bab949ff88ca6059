/**
 * The table of what the module promises, each row measured against its peers in
 * the same run:
 *
 *     deno task bench [ROW...] [--rounds N] [--json]
 *
 * chokidar and @parcel/watcher are looked for in the folder that the variable
 * PEERS names. The exit status is 1 if a target is missed.
 */

import { parseArgs } from "@std/cli/parse-args";
import { formatLines } from "./harness/print.ts";
import { passes, type Row, Skipped } from "./harness/row.ts";
import { installedWatchers } from "./harness/watchers.ts";
import { burst } from "./rows/burst.ts";
import { command } from "./rows/command.ts";

const ROWS: readonly Row[] = [burst, command];

const { _: wanted, rounds, json } = parseArgs(Deno.args, {
  string: ["_", "rounds"],
  boolean: ["json"],
  default: { rounds: "5" },
});

const rows = wanted.length === 0
  ? ROWS
  : ROWS.filter(({ name }) => wanted.includes(name));
const conditions = { rounds: Number(rounds), watchers: installedWatchers() };

for (const row of rows) await run(row);

async function run({ name, title, measure }: Row): Promise<void> {
  if (!json) console.log(`${name}: ${title}`);
  try {
    const lines = await measure(conditions);
    if (lines.some((line) => passes(line) === false)) Deno.exitCode = 1;
    if (!json) console.log(formatLines(lines));
    else {for (const line of lines) {
        console.log(JSON.stringify({ name, ...line, passes: passes(line) }));
      }}
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.error(`Skipped ${name}: ${error.message}`);
  }
}
