/** A burst through `watch()`. */

import { inotifyLimits as kernelLimits } from "../../mod.ts";
import {
  type Command,
  EVENTS,
  FILES,
  giveBurst,
  RATE,
} from "../harness/burst.ts";
import { compare, lineOf } from "../harness/compare.ts";
import { compile } from "../harness/compiled.ts";
import type { Conditions, Line, Row } from "../harness/row.ts";
import { watcherCommand } from "../harness/watchers.ts";

export const burst: Row = {
  name: "burst",
  title: "20,000 files created, written and closed in 10 directories, " +
    `${RATE} in a millisecond, processor time`,
  measure: (conditions) =>
    compareBursts(conditions, {
      rate: RATE,
      limits: { "inotifywait": 0.75, "Deno.watchFs": 0.3 },
    }),
};

/** Losses have no limit, because the kernel's queue is too short at this speed. */
export const burstUnpaced: Row = {
  name: "burst-unpaced",
  title: "the same as fast as memory takes them, processor time",
  measure: (conditions) =>
    compareBursts(conditions, { rate: Infinity, limits: { inotifywait: 1 } }),
};

async function compareBursts(
  { rounds, watchers }: Conditions,
  { rate, limits }: { rate: number; limits: Record<string, number> },
): Promise<Line[]> {
  const commands: Record<string, Command> = Object.fromEntries(
    watchers.map((name) => [
      name,
      (root, file) => watcherCommand("count.mjs", name, root, file),
    ]),
  );
  using floor = await compile("watch");
  if (floor === undefined) {
    console.error("Skipped C: there is no C compiler");
  } else {
    commands["C"] = (root) => [floor.path, root];
  }
  const lost: Record<string, number[]> = {};
  const subjects = Object.entries(commands).map(([name, command]) => [
    name,
    async () => {
      const result = await watchBurst(name, command, rate);
      const { cpu, events, created } = result;
      (lost[`${name}, files lost`] ??= []).push(FILES - created);
      if (name === "watch()") {
        (lost[`${name}, events lost`] ??= []).push(EVENTS - events);
      }
      return cpu;
    },
  ]);
  const lines = await compare({
    rounds: 2 * rounds,
    unit: "ms",
    subjects: Object.fromEntries(subjects),
    limits,
  });
  // Whether events are lost depends on this setting.
  const queue = kernelLimits().queuedEvents.value;
  const isLimited = rate < Infinity;
  return [
    ...lines,
    lineOf("the kernel's queue", [queue], { unit: "events" }),
    ...Object.entries(lost).map(([subject, values]) => {
      // One round with a loss fails the row.
      const worst = [Math.max(...values)];
      const isOurs = isLimited && subject.startsWith("watch()");
      return lineOf(subject, worst, { unit: "", ...isOurs && { limit: 0 } });
    }),
  ];
}

/** The cost of a burst for a watcher, and its result. */
interface Result {
  cpu: number;
  events: number;
  created: number;
}

async function watchBurst(
  name: string,
  command: Command,
  rate: number,
): Promise<Result> {
  const { cpu, last, lines } = await giveBurst(command, { rate });
  const counts = name === "inotifywait" ? count(lines) : JSON.parse(last);
  return { cpu, ...counts };
}

function count(lines: readonly string[]): Omit<Result, "cpu"> {
  const created = lines.filter((line) => line.includes(" CREATE "));
  return { events: lines.length, created: created.length };
}
