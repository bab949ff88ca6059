/** Watching a tree of many files. */

import type { Row } from "../harness/row.ts";
import { makeFileTree, Scratch } from "../harness/scratch.ts";
import { compareSetUps, withoutFileWatchers } from "../harness/set_up.ts";

export const tree: Row = {
  name: "tree",
  title: "a tree of 6,001 directories with 396,000 files, time until it is " +
    "watched",
  async measure(conditions) {
    using scratch = new Scratch({ inMemory: true });
    makeFileTree(scratch.path);
    return await compareSetUps(withoutFileWatchers(conditions), {
      root: scratch.path,
      limits: { "C": 1.6, "inotifywait": 0.2 },
    });
  },
};
