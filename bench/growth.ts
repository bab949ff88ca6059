/**
 * Measures how the cost of `watch()` grows with the number of files, directories
 * and watchers:
 *
 *     deno task bench:growth
 *
 * Prints a table and draws growth.svg. The exit status is 2 if there are arguments.
 */

import { drawCharts } from "./harness/chart.ts";
import { Child, sleep } from "./harness/child.ts";
import { formatColumns, formatNumber } from "./harness/print.ts";
import { refuse } from "./harness/refuse.ts";
import { Skipped } from "./harness/row.ts";
import { makeDirectories, makeFiles, Scratch } from "./harness/scratch.ts";
import { residentMemory, usageOfThreads } from "./harness/usage.ts";
import { allowWatches } from "./harness/watch_limit.ts";
import { programCommand } from "./harness/watchers.ts";

/** The numbers of directories, files and watchers. */
interface Size {
  directories: number;
  /** In each of the directories. */
  files: number;
  watchers: number;
  /** Of each of the watchers. */
  consumers: number;
}

/** The numbers that stay constant while another one grows. */
const SIZE: Size = { directories: 10, files: 10, watchers: 1, consumers: 1 };

/** The numbers that grow, and their values. */
const GROWTH: readonly [keyof Size, Partial<Size>[]][] = [
  [
    "directories",
    [1000, 10_000, 100_000].map((directories) => ({ directories, files: 0 })),
  ],
  [
    "files",
    [1, 10, 100, 1000, 10_000, 100_000].map((files) => ({
      directories: 1,
      files,
    })),
  ],
  ["watchers", [1, 3, 10, 30, 100].map((watchers) => ({ watchers }))],
  ["consumers", [1, 2, 5, 10].map((consumers) => ({ consumers }))],
];

/** The measured values and their titles. */
const MEASURES = {
  perEvent: ["time of an event", "us of processor time"],
  wakeups: ["wake-ups", "for 1,000 changes"],
  memory: ["memory", "MB of the process"],
  setUp: ["set-up", "ms"],
} as const;

type Cost = Record<keyof typeof MEASURES, number>;

/** Each change is a few files that are created, written and deleted. */
const HANDFULS = 200;
const HANDFUL = 5;
const PAUSE = 20;

for (const argument of Deno.args) refuse(`Unexpected argument '${argument}'`);

const results: { what: keyof Size; size: number; cost: Cost }[] = [];

for (const [what, sizes] of GROWTH) {
  for (const changed of sizes) {
    const size = { ...SIZE, ...changed };
    try {
      const cost = await measure(size);
      results.push({ what, size: size[what], cost });
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      console.error(`Skipped ${size[what]} ${what}: ${error.message}`);
    }
  }
}
console.log(formatTable());
Deno.writeTextFileSync(new URL("growth.svg", import.meta.url), drawGrowth());

async function measure(size: Size): Promise<Cost> {
  using _allowed = allowWatches(size.directories * size.watchers);
  using scratch = new Scratch({ inMemory: true });
  const directories = fill(scratch.path, size);
  const command = programCommand(
    "grow.ts",
    scratch.path,
    `${size.watchers}`,
    `${size.consumers}`,
  );
  await using child = await Child.start(command);
  await child.settled();
  const memory = residentMemory(child.pid) / 2 ** 20;
  const before = usageOfThreads(child.pid);
  await change(directories);
  await child.settled();
  const after = usageOfThreads(child.pid);
  const events = Number(await child.ask());
  return {
    perEvent: 1000 * (after.cpu - before.cpu) / events,
    wakeups: 1000 * (after.wakeups - before.wakeups) / (HANDFULS * HANDFUL),
    memory,
    setUp: Number(child.ready.slice("ready ".length)),
  };
}

/** Creates the directories, a thousand in each, and their files. */
function fill(root: string, { directories, files }: Size): string[] {
  const paths = directories <= 1000
    ? makeDirectories(root, directories)
    : makeDirectories(root, directories / 1000)
      .flatMap((parent) => makeDirectories(parent, 1000));
  makeFiles(paths, files * paths.length);
  return paths;
}

/** Creates and deletes files in all directories. */
async function change(directories: readonly string[]): Promise<void> {
  const stride = Math.max(1, Math.floor(directories.length / HANDFULS));
  for (let i = 0; i < HANDFULS; i++) {
    const directory = directories[i * stride % directories.length]!;
    for (let j = 0; j < HANDFUL; j++) {
      const path = `${directory}/new-${j}`;
      Deno.writeTextFileSync(path, "x");
      Deno.removeSync(path);
    }
    await sleep(PAUSE);
  }
}

function formatTable(): string {
  const titles = Object.values(MEASURES).map(([title, unit]) =>
    `${title}, ${unit}`
  );
  const rows = results.map(({ what, size, cost }) => [
    `${size.toLocaleString("en")} ${what}`,
    ...Object.values(cost).map(formatNumber),
  ]);
  return formatColumns([["", ...titles], ...rows], [
    "left",
    ...titles.map(() => "right" as const),
  ]);
}

function drawGrowth(): string {
  const charts = Object.entries(MEASURES).flatMap(([measure, [title, unit]]) =>
    GROWTH.map(([what]) => ({
      title: `${title} by ${what}`,
      unit,
      points: results.filter((result) => result.what === what).map((
        { size, cost },
      ) => [size, cost[measure as keyof Cost]] as const),
    }))
  );
  return drawCharts(charts, {
    columns: GROWTH.length,
    scale: "logarithmic",
  });
}
