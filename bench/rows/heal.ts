/** The recovery after an overflow of the kernel's queue. */

import { Child } from "../harness/child.ts";
import { compare, lineOf } from "../harness/compare.ts";
import { compile } from "../harness/compiled.ts";
import { type Row, Skipped } from "../harness/row.ts";
import { makeFileTree, Scratch } from "../harness/scratch.ts";
import { MAX_BLOCK_MS } from "../harness/set_up.ts";
import { programCommand } from "../harness/watchers.ts";

export const heal: Row = {
  name: "heal",
  title: "after an overflow in the tree of 396,000 files, time until every " +
    "change is reported",
  async measure({ rounds }) {
    using floor = await compile("heal");
    if (floor === undefined) throw new Skipped("there is no C compiler");
    using scratch = new Scratch({ inMemory: true });
    const root = scratch.path;
    makeFileTree(root);
    await using ours = await Child.start(programCommand("heal.ts", root));
    const blocks: number[] = [];
    const lines = await compare({
      rounds,
      unit: "ms",
      subjects: {
        "watch()": async () => {
          const { time, block } = JSON.parse(await ours.ask());
          blocks.push(block);
          return time;
        },
        "C, list and statx": async () => {
          await using child = await Child.start([floor.path, root]);
          return JSON.parse(child.ready.slice("ready ".length)).time;
        },
      },
      limits: { "C, list and statx": 1.3 },
    });
    const options = { unit: "ms", limit: MAX_BLOCK_MS };
    return [...lines, lineOf("watch(), event loop blocked", blocks, options)];
  },
};
