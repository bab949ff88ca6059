/** Watching a large tree. */

import { Child } from "../harness/child.ts";
import { compare, lineOf } from "../harness/compare.ts";
import { compile } from "../harness/compiled.ts";
import type { Row } from "../harness/row.ts";
import { makeTree, Scratch } from "../harness/scratch.ts";
import { allowWatches } from "../harness/watch_limit.ts";
import { watcherCommand } from "../harness/watchers.ts";

// 37 + 37 ** 2 + 37 ** 3 directories are 52,059.
const TREE = { width: 37, depth: 3 };

/** Every directory, its watch freed by the kernel at its leisure. */
const WATCHES = 3 * 52_060;

export const walk: Row = {
  name: "walk",
  title: "a tree of 52,060 directories, time until it is watched",
  async measure({ rounds, watchers }) {
    using _allowed = allowWatches(WATCHES);
    using scratch = new Scratch({ inMemory: true });
    const root = scratch.path;
    makeTree(root, TREE);
    using floor = await compile("watch");
    const blocks: number[] = [];
    const subjects: Record<string, () => Promise<number>> = {};
    for (const name of watchers) {
      subjects[name] = async () => {
        const command = watcherCommand("walk.mjs", name, root);
        const { time, block } = await watchTree(command);
        if (name === "watch()") blocks.push(block!);
        return time;
      };
    }
    if (floor === undefined) {
      console.error("Skipped C: there is no C compiler");
    } else {
      subjects["C"] = async () => (await watchTree([floor.path, root])).time;
    }
    const lines = await compare({
      rounds,
      unit: "ms",
      subjects,
      limits: { "C": 1.25, "inotifywait": 1 },
    });
    const options = { unit: "ms", limit: 16 };
    return [...lines, lineOf("watch(), event loop blocked", blocks, options)];
  },
};

async function watchTree(
  command: readonly string[],
): Promise<{ time: number; block?: number }> {
  await using child = await Child.start(command);
  // The other watchers print this time without the time of their start.
  if (!child.ready.startsWith("ready")) return { time: child.readyAfter };
  return JSON.parse(child.ready.slice("ready ".length));
}
