/** The memory for watched directories and files. */

import { Child } from "../harness/child.ts";
import { compare, lineOf } from "../harness/compare.ts";
import type { Line, Row } from "../harness/row.ts";
import { makeFileTree, makeTree, Scratch } from "../harness/scratch.ts";
import { withoutFileWatchers } from "../harness/set_up.ts";
import { residentMemory } from "../harness/usage.ts";
import { allowWatches } from "../harness/watch_limit.ts";
import { type Watcher, watcherCommand } from "../harness/watchers.ts";

/** The number of files that `makeFileTree()` creates. */
const FILES = 396_000;

export const memory: Row = {
  name: "memory",
  title: "memory beyond what it takes to watch an empty directory",
  async measure(conditions) {
    const { rounds, watchers } = withoutFileWatchers(conditions);
    using _allowed = allowWatches(150_000);
    using empty = new Scratch({ inMemory: true });
    using directories = new Scratch({ inMemory: true });
    const count = makeTree(directories.path, { width: 37, depth: 3 });
    using files = new Scratch({ inMemory: true });
    makeFileTree(files.path);

    return [
      ...await measureEach("directory", directories.path, count, 500),
      ...await measureEach("file", files.path, FILES, 80),
    ];

    async function measureEach(
      what: string,
      root: string,
      count: number,
      limit: number,
    ): Promise<Line[]> {
      const used: number[] = [];
      const subjects = watchers.map((
        name,
      ) => [`${name}, a ${what}`, async () => {
        const before = await memoryOf(name, empty.path);
        const after = await memoryOf(name, root);
        if (name === "watch()") used.push((after.used - before.used) / count);
        return (after.resident - before.resident) / count;
      }]);
      const [ours, ...others] = await compare({
        rounds,
        unit: "bytes",
        subjects: Object.fromEntries(subjects),
        limits: {},
      });
      const ofHeap = lineOf(`watch(), a ${what}, in use`, used, {
        unit: "bytes",
      });
      return [ofHeap, { ...ours!, limit }, ...others];
    }
  },
};

/** The memory of a program, in bytes. */
interface Memory {
  /**
   * The resident memory. It includes up to 32 MB that V8 reserves for new objects
   * once it has created many, even for few directories.
   */
  resident: number;
  /** The memory of live objects; unknown for a program in C. */
  used: number;
}

async function memoryOf(watcher: Watcher, root: string): Promise<Memory> {
  const command = watcherCommand("hold.mjs", watcher, root);
  await using child = await Child.start(command);
  await child.settled();
  const resident = residentMemory(child.pid);
  const { last } = await child.stop();
  return { resident, used: Number(last) };
}
