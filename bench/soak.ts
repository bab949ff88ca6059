/**
 * Checks that the cost of `watch()` stays constant while a tree changes all the
 * time: 5,000 events a second, with renames of files and directories:
 *
 *     deno task bench:soak [--minutes 10]
 *
 * Prints the cost and draws soak.svg. The exit status is 1 if a value grows, and 2
 * if the arguments are wrong.
 */

import { parseArgs } from "@std/cli/parse-args";
import { drawCharts } from "./harness/chart.ts";
import { Child, sleep } from "./harness/child.ts";
import { formatLines } from "./harness/print.ts";
import { refuse } from "./harness/refuse.ts";
import { type Line, passes } from "./harness/row.ts";
import { makeDirectories, makeFiles, Scratch } from "./harness/scratch.ts";
import { median, percentile99 } from "./harness/statistics.ts";
import { openDescriptors, residentMemory } from "./harness/usage.ts";
import { programCommand } from "./harness/watchers.ts";

/** Each change is five events: create, modify, close_write, move, move. */
const CHANGES_A_SECOND = 1000;

const SAMPLES = 120;

/** The measured values, and how much they may grow. */
const MEASURES = {
  memory: { unit: "MB", limit: 1.1 },
  descriptors: { unit: "", limit: 1 },
  "latency, median": { unit: "ms", limit: 1.5 },
  "latency, 99th percentile": { unit: "ms", limit: 1.5 },
  "events a second": { unit: "", limit: 1.1 },
} as const;

type Sample = Record<keyof typeof MEASURES, number>;

const { minutes, _: operands, ...unknown } = parseArgs(Deno.args, {
  string: ["_", "minutes"],
  default: { minutes: "10" },
});

for (const flag in unknown) refuse(`Unknown flag '${flag}'`);
for (const operand of operands) refuse(`Unexpected argument '${operand}'`);
const seconds = Number(minutes) * 60;
if (!(seconds > 0 && seconds < Infinity)) {
  refuse(`Cannot measure for '${minutes}' minutes`);
}
const { samples, overflows } = await soak();
const lines = Object.entries(MEASURES).map(lineOf);
console.log(formatLines(lines) + `  queue overflows: ${overflows}`);
Deno.writeTextFileSync(new URL("soak.svg", import.meta.url), drawSamples());
if (overflows > 0 || lines.some((line) => !passes(line))) Deno.exitCode = 1;

async function soak(): Promise<{ samples: Sample[]; overflows: number }> {
  using scratch = new Scratch({ inMemory: true });
  const directories = makeDirectories(scratch.path, 100);
  makeFiles(directories, 1000);
  await using child = await Child.start(
    programCommand("soak.ts", scratch.path),
  );
  const samples: Sample[] = [];
  let overflows = 0;
  let changes = 0;
  const start = performance.now();
  while (samples.length < SAMPLES) {
    await sleep(10);
    const elapsed = (performance.now() - start) / 1000;
    while (changes < elapsed * CHANGES_A_SECOND) change(directories, changes++);
    if (elapsed * SAMPLES < (samples.length + 1) * seconds) continue;
    // Waiting for its input uses one more descriptor.
    const descriptors = openDescriptors(child.pid);
    const report = JSON.parse(await child.ask());
    overflows += report.overflows;
    samples.push({
      memory: residentMemory(child.pid) / 2 ** 20,
      descriptors,
      "latency, median": median(report.latencies),
      "latency, 99th percentile": percentile99(report.latencies),
      "events a second": report.events * SAMPLES / seconds,
    });
  }
  return { samples, overflows };
}

/** Replaces a file as editors do, and renames its directory. */
function change(directories: string[], i: number): void {
  const at = i % directories.length;
  const from = directories[at]!;
  Deno.writeTextFileSync(`${from}/new`, "x");
  Deno.renameSync(`${from}/new`, `${from}/replaced`);
  const to = from.endsWith("-moved") ? from.slice(0, -6) : `${from}-moved`;
  Deno.renameSync(from, to);
  directories[at] = to;
}

/** Compares the last quarter with the second; the first is the warm-up. */
function lineOf(
  [name, { unit, limit }]: [string, { unit: string; limit: number }],
): Line {
  const values = valuesOf(name);
  const quarter = SAMPLES / 4;
  const ratio = median(values.slice(-quarter)) /
    median(values.slice(quarter, 2 * quarter));
  return { subject: name, value: median(values), unit, values, ratio, limit };
}

function drawSamples(): string {
  const charts = Object.entries(MEASURES).map(([title, { unit }]) => ({
    title,
    unit: `${unit} over ${minutes} minutes`.trimStart(),
    points: valuesOf(title).map((value, i) =>
      [i * Number(minutes) / (SAMPLES - 1), value] as const
    ),
  }));
  return drawCharts(charts, { columns: 3, scale: "linear" });
}

function valuesOf(name: string): number[] {
  return samples.map((sample) => sample[name as keyof Sample]);
}
