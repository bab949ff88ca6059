/** The time from a change to its event. */

import { Child } from "../harness/child.ts";
import { compare } from "../harness/compare.ts";
import type { Row } from "../harness/row.ts";
import { Scratch } from "../harness/scratch.ts";
import { median } from "../harness/statistics.ts";
import { scriptCommand, scriptWatchers } from "../harness/watchers.ts";

export const latency: Row = {
  name: "latency",
  title: "from a change to the consumer, one at a time",
  async measure({ rounds, watchers }) {
    await using resources = new AsyncDisposableStack();
    const subjects: Record<string, () => Promise<number>> = {};
    for (const name of scriptWatchers(watchers)) {
      const { path } = resources.use(new Scratch({ inMemory: true }));
      const command = scriptCommand("latency.mjs", name, path);
      const child = resources.use(await Child.start(command));
      subjects[name] = async () => 1000 * median(JSON.parse(await child.ask()));
    }
    return await compare({
      rounds: 2 * rounds,
      unit: "us",
      subjects,
      limits: { "Deno.watchFs": 1 },
    });
  },
};
