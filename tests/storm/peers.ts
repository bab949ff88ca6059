/**
 * Runs the storm and a few small cases against `watch()` and other watchers:
 *
 *     npm install --prefix FOLDER chokidar@5 @parcel/watcher
 *     PEERS=FOLDER deno run -A tests/storm/peers.ts [NAME...]
 *
 * Prints two tables. Watchers that are not installed are left out.
 */

import { CASES } from "./peer_cases.ts";
import { obstacle, type PeerName, PEERS } from "./peer.ts";
import { startPeer } from "./peer_subject.ts";
import { type Outcome, storm } from "./storm.ts";

const SEEDS = 10;

/** The columns of the first table. */
const MEASURES: Record<string, (outcomes: Outcome[]) => string> = {
  "storms exact": (outcomes) => {
    const exact = outcomes.filter(({ failures }) =>
      failures.missing.length + failures.superfluous.length === 0
    );
    return `${exact.length} of ${outcomes.length}`;
  },
  "missing, median": (outcomes) =>
    median(outcomes.map(({ failures }) => failures.missing.length)),
  "superfluous, median": (outcomes) =>
    median(outcomes.map(({ failures }) => failures.superfluous.length)),
  "later writes under the true path": (outcomes) => {
    const missed = sum(outcomes, ({ failures }) => failures.unreported.length);
    const probes = sum(outcomes, (outcome) => outcome.probes);
    return `${(100 - 100 * missed / probes).toFixed(1)} %`;
  },
  "under wrong paths": (outcomes) =>
    `${sum(outcomes, ({ failures }) => failures.misreported.length)}`,
  "watches - directories, median": (outcomes) =>
    median(outcomes.map(({ watches, directories }) => watches - directories)),
};

const names = PEERS.filter(isWanted);
await printStorms();
console.log();
await printCases();

async function printStorms(): Promise<void> {
  printRow(["", ...Object.keys(MEASURES)]);
  for (const name of names) {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      outcomes.push(
        await storm((root, model) => startPeer(name, root, model), {
          seed,
          writers: 3,
          operations: 1500,
        }),
      );
    }
    const values = Object.values(MEASURES).map((measure) => measure(outcomes));
    printRow([name, ...values]);
  }
}

async function printCases(): Promise<void> {
  printRow(["", ...names]);
  for (const [title, run] of Object.entries(CASES)) {
    const row = [title];
    for (const name of names) {
      const base = await Deno.makeTempDir();
      row.push(await run(name, base));
      await Deno.remove(base, { recursive: true });
    }
    printRow(row);
  }
}

function printRow(cells: string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
  // A table in Markdown needs a line below its first one.
  if (cells[0] === "") console.log(`|${" --- |".repeat(cells.length)}`);
}

function isWanted(name: PeerName): boolean {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) return false;
  const reason = obstacle(name);
  if (reason !== undefined) console.error(`Without ${name}: ${reason}`);
  return reason === undefined;
}

function median(numbers: number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]}`;
}

function sum(outcomes: Outcome[], count: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + count(outcome), 0);
}
