/** Watching a tree of many directories. */

import type { Row } from "../harness/row.ts";
import { makeTree, Scratch } from "../harness/scratch.ts";
import { compareSetUps } from "../harness/set_up.ts";
import { allowWatches } from "../harness/watch_limit.ts";

// 37 + 37 ** 2 + 37 ** 3 directories are 52,059.
const TREE = { width: 37, depth: 3 };

/** The directories of several rounds, whose watches the kernel frees with delay. */
const WATCHES = 3 * 52_060;

export const walk: Row = {
  name: "walk",
  title: "a tree of 52,060 directories, time until it is watched",
  async measure(conditions) {
    using _allowed = allowWatches(WATCHES);
    using scratch = new Scratch({ inMemory: true });
    makeTree(scratch.path, TREE);
    return await compareSetUps(conditions, {
      root: scratch.path,
      limits: { "C": 1.6, "inotifywait": 0.9 },
    });
  },
};
