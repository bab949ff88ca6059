/** The cost of waiting. */

import { Child, sleep } from "../harness/child.ts";
import { lineOf } from "../harness/compare.ts";
import type { Row } from "../harness/row.ts";
import { makeDirectories, Scratch } from "../harness/scratch.ts";
import { usageOfThreads } from "../harness/usage.ts";
import { type Watcher, watcherCommand } from "../harness/watchers.ts";

/** After how long the runtimes have ended the threads of their start. */
const BEFORE = 12_000;

const DURATION = 10_000;

export const idle: Row = {
  name: "idle",
  title: "wake-ups in 10 s in which nothing happens",
  async measure({ watchers }) {
    using scratch = new Scratch({ inMemory: true });
    makeDirectories(scratch.path, 100);
    await using resources = new AsyncDisposableStack();
    const children = new Map<Watcher, Child>();
    for (const name of watchers) {
      const child = await Child.start(
        watcherCommand("hold.mjs", name, scratch.path),
      );
      children.set(name, resources.use(child));
    }
    await sleep(BEFORE);
    const wakeups = ({ pid }: Child) => usageOfThreads(pid).wakeups;
    const before = children.values().map(wakeups).toArray();
    await sleep(DURATION);
    return children.entries().map(([name, child], i) => {
      const isOurs = name === "watch()";
      const options = { unit: "wake-ups", ...isOurs && { limit: 0 } };
      return lineOf(name, [wakeups(child) - before[i]!], options);
    }).toArray();
  },
};
