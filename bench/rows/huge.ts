/** Watching one directory of many files. */

import type { Row } from "../harness/row.ts";
import { makeFiles, Scratch } from "../harness/scratch.ts";
import { compareSetUps, withoutFileWatchers } from "../harness/set_up.ts";

export const huge: Row = {
  name: "huge",
  title: "one directory of 200,000 files, time until it is watched",
  async measure(conditions) {
    using scratch = new Scratch({ inMemory: true });
    makeFiles([scratch.path], 200_000);
    return await compareSetUps(withoutFileWatchers(conditions), {
      root: scratch.path,
      limits: { "C": 1.6 },
    });
  },
};
