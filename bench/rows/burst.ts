/** A burst through `watch()`. */

import { limits as kernelLimits } from "../../mod.ts";
import { Child } from "../harness/child.ts";
import { compare, lineOf } from "../harness/compare.ts";
import type { Conditions, Line, Row } from "../harness/row.ts";
import { makeDirectories, makeFiles, Scratch } from "../harness/scratch.ts";
import { type Watcher, watcherCommand } from "../harness/watchers.ts";

const FILES = 20_000;

/** What becomes of each file: it is created, opened, written and closed. */
const EVENTS = 4 * FILES;

export const burst: Row = {
  name: "burst",
  title:
    "20,000 files created, written and closed in 10 directories on disk, " +
    "processor time",
  measure: (conditions) =>
    compareBursts(conditions, {
      inMemory: false,
      limits: { "inotifywait": 0.75, "Deno.watchFs": 0.3 },
    }),
};

/** Without targets: at this speed the kernel's queue is the limit. */
export const burstInMemory: Row = {
  name: "burst-in-memory",
  title: "the same in memory, ten times as fast, processor time",
  measure: (conditions) =>
    compareBursts(conditions, { inMemory: true, limits: {} }),
};

async function compareBursts(
  { rounds, watchers }: Conditions,
  { inMemory, limits }: { inMemory: boolean; limits: Record<string, number> },
): Promise<Line[]> {
  const lost: Record<string, number[]> = {};
  const subjects = watchers.map((name) => [name, async () => {
    const { cpu, events, created } = await watchBurst(name, inMemory);
    (lost[`${name}, files lost`] ??= []).push(FILES - created);
    if (name === "watch()") {
      (lost[`${name}, events lost`] ??= []).push(EVENTS - events);
    }
    return cpu;
  }]);
  const lines = await compare({
    rounds,
    unit: "ms",
    subjects: Object.fromEntries(subjects),
    limits,
  });
  // Whether anything is lost depends on it, and it may be set to anything.
  const queue = kernelLimits().queuedEvents.value;
  const isLimited = Object.keys(limits).length > 0;
  return [
    ...lines,
    lineOf("the kernel's queue", [queue], { unit: "events" }),
    ...Object.entries(lost).map(([subject, values]) => {
      // A single round with a loss is one too many.
      const worst = [Math.max(...values)];
      const isOurs = isLimited && subject.startsWith("watch()");
      return lineOf(subject, worst, { unit: "", ...isOurs && { limit: 0 } });
    }),
  ];
}

/** What a watcher took for the burst, and what it made of it. */
interface Result {
  cpu: number;
  events: number;
  created: number;
}

async function watchBurst(
  watcher: Watcher,
  inMemory: boolean,
): Promise<Result> {
  using scratch = new Scratch({ inMemory });
  using output = new Scratch({ inMemory: true });
  const directories = makeDirectories(scratch.path, 10);
  const file = `${output.path}/lines`;
  const command = watcherCommand("count.mjs", watcher, scratch.path, file);
  await using child = await Child.start(command);
  await child.settled();
  makeFiles(directories, FILES);
  await child.settled();
  const { cpu, last } = await child.stop();
  return { cpu, ...watcher === "inotifywait" ? count(file) : JSON.parse(last) };
}

function count(file: string): Omit<Result, "cpu"> {
  const lines = Deno.readTextFileSync(file).trimEnd().split("\n");
  const created = lines.filter((line) => line.includes(" CREATE "));
  return { events: lines.length, created: created.length };
}
