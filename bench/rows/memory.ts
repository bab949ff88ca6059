/** Memory for what is watched. */

import { Child } from "../harness/child.ts";
import { compare } from "../harness/compare.ts";
import type { Line, Row } from "../harness/row.ts";
import {
  makeDirectories,
  makeFiles,
  makeTree,
  Scratch,
} from "../harness/scratch.ts";
import { residentMemory } from "../harness/usage.ts";
import { allowWatches } from "../harness/watch_limit.ts";
import { type Watcher, watcherCommand } from "../harness/watchers.ts";

const FILES = 100_000;

export const memory: Row = {
  name: "memory",
  title: "memory beyond what it takes to watch an empty directory",
  async measure({ rounds, watchers }) {
    using _allowed = allowWatches(150_000);
    using empty = new Scratch({ inMemory: true });
    using directories = new Scratch({ inMemory: true });
    const count = makeTree(directories.path, { width: 37, depth: 3 });
    using files = new Scratch({ inMemory: true });
    makeFiles(makeDirectories(files.path, 100), FILES);

    return [
      ...await measureEach("directory", directories.path, count, 600),
      ...await measureEach("file", files.path, FILES, 120),
    ];

    async function measureEach(
      what: string,
      root: string,
      count: number,
      limit: number,
    ): Promise<Line[]> {
      const subjects = watchers.map((
        name,
      ) => [`${name}, a ${what}`, async () => {
        const taken = await memoryOf(name, root) -
          await memoryOf(name, empty.path);
        return taken / count;
      }]);
      const [ours, ...others] = await compare({
        rounds,
        unit: "bytes",
        subjects: Object.fromEntries(subjects),
        limits: {},
      });
      return [{ ...ours!, limit }, ...others];
    }
  },
};

async function memoryOf(watcher: Watcher, root: string): Promise<number> {
  const command = watcherCommand("hold.mjs", watcher, root);
  await using child = await Child.start(command);
  await child.settled();
  return residentMemory(child.pid);
}
