/** Reading and decoding a full queue. */

import { Child } from "../harness/child.ts";
import { compare } from "../harness/compare.ts";
import { compile } from "../harness/compiled.ts";
import { type Row, Skipped } from "../harness/row.ts";
import { makeFiles, Scratch } from "../harness/scratch.ts";
import { programCommand } from "../harness/watchers.ts";

/** Almost as many events as the kernel queues by default. */
const FILES = 5000;

/** A measurement is so short that many are made. */
const TURNS = 10;

/** After so many measurements the code is fully optimized. */
const WARM_UP = 10;

export const drain: Row = {
  name: "drain",
  title: "15,000 queued events read and decoded, time for each",
  async measure({ rounds }) {
    using program = await compile("drain");
    if (program === undefined) throw new Skipped("there is no C compiler");
    using scratch = new Scratch({ inMemory: true });
    const directory = scratch.path;
    await using ours = await Child.start(programCommand("drain.ts", directory));
    await using floor = await Child.start([program.path, directory]);
    const subjects = {
      "Inotify.read()": async () => {
        fillQueues(directory);
        return await drainOne(ours);
      },
      // The same files have filled the queue of the program in C.
      "C": () => drainOne(floor),
    };
    for (let i = 0; i < WARM_UP; i++) {
      for (const measure of Object.values(subjects)) await measure();
    }
    return await compare({
      rounds: rounds * TURNS,
      unit: "ns",
      subjects,
      limits: { "C": 1.6 },
    });
  },
};

function fillQueues(directory: string): void {
  for (const { name } of Deno.readDirSync(directory)) {
    Deno.removeSync(`${directory}/${name}`);
  }
  makeFiles([directory], FILES);
}

async function drainOne(child: Child): Promise<number> {
  const [count, time] = (await child.ask()).split(" ").map(Number);
  if (count === 3 * FILES) return time!;
  throw new Skipped("fs.inotify.max_queued_events is too low");
}
