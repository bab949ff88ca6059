/** Measures the time until a tree is watched. */

import { Child } from "./child.ts";
import { compare, lineOf } from "./compare.ts";
import { compile } from "./compiled.ts";
import type { Conditions, Line } from "./row.ts";
import { type Watcher, watcherCommand } from "./watchers.ts";

/** The longest time that the event loop may be blocked, in milliseconds. */
export const MAX_BLOCK_MS = 16;

/** Compares the set-up of all watchers, and of a program in C, on `root`. */
export async function compareSetUps(
  { rounds, watchers }: Conditions,
  { root, limits }: { root: string; limits: Record<string, number> },
): Promise<Line[]> {
  using floor = await compile("watch");
  const blocks: number[] = [];
  const subjects: Record<string, () => Promise<number>> = {};
  for (const name of watchers) {
    subjects[name] = async () => {
      const command = watcherCommand("walk.mjs", name, root);
      const { time, block } = await setUp(command);
      if (name === "watch()") blocks.push(block!);
      return time;
    };
  }
  if (floor === undefined) {
    console.error("Skipped C: there is no C compiler");
  } else {
    subjects["C"] = async () => (await setUp([floor.path, root])).time;
  }
  const lines = await compare({ rounds, unit: "ms", subjects, limits });
  const options = { unit: "ms", limit: MAX_BLOCK_MS };
  return [...lines, lineOf("watch(), event loop blocked", blocks, options)];
}

/** The watchers that use a watch for each file, which are too many. */
const WATCHES_FILES: readonly Watcher[] = ["chokidar", "node fs.watch"];

/** Leaves out the watchers that use a watch for each file. */
export function withoutFileWatchers(conditions: Conditions): Conditions {
  const watchers = conditions.watchers.filter((name) => {
    const isLeftOut = WATCHES_FILES.includes(name);
    if (isLeftOut) console.error(`Skipped ${name}: it watches every file`);
    return !isLeftOut;
  });
  return { ...conditions, watchers };
}

async function setUp(
  command: readonly string[],
): Promise<{ time: number; block?: number }> {
  await using child = await Child.start(command);
  // The other watchers print the time without the start of their process.
  if (!child.ready.startsWith("ready")) return { time: child.readyAfter };
  return JSON.parse(child.ready.slice("ready ".length));
}
