/** A burst through `watch()`. */

import { Child } from "../harness/child.ts";
import { compare, lineOf } from "../harness/compare.ts";
import type { Line, Row } from "../harness/row.ts";
import { makeDirectories, makeFiles, Scratch } from "../harness/scratch.ts";
import {
  redirected,
  scriptCommand,
  type Watcher,
} from "../harness/watchers.ts";
import { inotifywaitCommand } from "./inotifywait.ts";

const FILES = 20_000;

/** What becomes of each file: it is created, opened, written and closed. */
const EVENTS = 4 * FILES;

export const burst: Row = {
  name: "burst",
  title: "20,000 files created, written and closed in 10 directories, " +
    "processor time",
  async measure({ rounds, watchers }) {
    const lost: Record<string, number[]> = {};
    const subjects = watchers.map((name) => [name, async () => {
      const { cpu, events, created } = await watchBurst(name);
      (lost[`${name}, lost`] ??= []).push(FILES - created);
      if (name === "watch()") {
        (lost[`${name}, events lost`] ??= []).push(EVENTS - events);
      }
      return cpu;
    }]);
    const lines = await compare({
      rounds,
      unit: "ms",
      subjects: Object.fromEntries(subjects),
      limits: { "inotifywait": 0.75, "Deno.watchFs": 0.3 },
    });
    return [...lines, ...Object.entries(lost).map(lostLine)];
  },
};

/** What a watcher took for the burst, and what it made of it. */
interface Result {
  cpu: number;
  events: number;
  created: number;
}

async function watchBurst(watcher: Watcher): Promise<Result> {
  using scratch = new Scratch();
  using output = new Scratch();
  const directories = makeDirectories(scratch.path, 10);
  const file = `${output.path}/lines`;
  const command = watcher === "inotifywait"
    ? redirected(inotifywaitCommand(scratch.path), file)
    : scriptCommand("count.mjs", watcher, scratch.path);
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

function lostLine([subject, values]: [string, number[]]): Line {
  const isOurs = subject.startsWith("watch()");
  const unit = subject.endsWith("events lost") ? "events" : "files";
  // A single round with a loss is one too many.
  const worst = [Math.max(...values)];
  return lineOf(subject, worst, { unit, ...isOurs && { limit: 0 } });
}
