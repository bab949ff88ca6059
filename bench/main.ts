/**
 * Measures the speed that the docs claim. Each row compares this library with other
 * watchers in the same run:
 *
 *     deno task bench [ROW...] [--rounds N] [--json]
 *
 * The variable PEERS names the folder with chokidar and @parcel/watcher. The exit
 * status is 1 if a target is missed, and 2 if the arguments are wrong.
 */

import { parseArgs } from "@std/cli/parse-args";
import { formatLines } from "./harness/print.ts";
import { refuse } from "./harness/refuse.ts";
import { type Line, passes, type Row, Skipped } from "./harness/row.ts";
import { installedWatchers } from "./harness/watchers.ts";
import { burst, burstUnpaced } from "./rows/burst.ts";
import { command } from "./rows/command.ts";
import { drain } from "./rows/drain.ts";
import { heal } from "./rows/heal.ts";
import { huge } from "./rows/huge.ts";
import { idle } from "./rows/idle.ts";
import { latency } from "./rows/latency.ts";
import { memory } from "./rows/memory.ts";
import { slope } from "./rows/slope.ts";
import { start } from "./rows/start.ts";
import { tree } from "./rows/tree.ts";
import { walk } from "./rows/walk.ts";

const ROWS: readonly Row[] = [
  burst,
  burstUnpaced,
  command,
  slope,
  drain,
  latency,
  walk,
  tree,
  huge,
  heal,
  memory,
  idle,
  start,
];

const { _: wanted, rounds, json, ...unknown } = parseArgs(Deno.args, {
  string: ["_", "rounds"],
  boolean: ["json"],
  default: { rounds: "5" },
});

for (const flag in unknown) refuse(`Unknown flag '${flag}'`);
if (!Number.isSafeInteger(Number(rounds)) || Number(rounds) < 1) {
  refuse(`Cannot measure '${rounds}' rounds`);
}

const rows = wanted.length === 0 ? ROWS : wanted.map(findRow);
const conditions = { rounds: Number(rounds), watchers: installedWatchers() };

for (const row of rows) await run(row);

function findRow(wanted: string | number): Row {
  const row = ROWS.find(({ name }) => name === wanted);
  if (row) return row;
  const names = ROWS.map(({ name }) => `'${name}'`).join(", ");
  refuse(`Unknown row '${wanted}': the rows are ${names}`);
}

async function run({ name, title, measure }: Row): Promise<void> {
  if (!json) console.log(`${name}: ${title}`);
  try {
    const lines = await measure(conditions);
    if (lines.some((line) => passes(line) === false)) Deno.exitCode = 1;
    if (json) lines.forEach((line) => printJson(name, line));
    else console.log(formatLines(lines));
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.error(`Skipped ${name}: ${error.message}`);
  }
}

function printJson(row: string, line: Line): void {
  console.log(JSON.stringify({ row, ...line, passes: passes(line) }));
}
