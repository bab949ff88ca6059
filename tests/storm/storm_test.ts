/**
 * Each storm runs for a few seeds; the environment asks for others:
 *
 *     STORM_SEEDS=200 deno task test tests/storm/
 *     STORM_SEED=17 deno task test tests/storm/ --filter "3 writers"
 */

import { assertEquals, assertGreater } from "@std/assert";
import { countWatches } from "../support/process.ts";
import { Writer } from "./generator.ts";
import { countDirectories, Model, readTree } from "./model.ts";
import { KINDS } from "./operations.ts";
import { makeBase, type Outcome, type Storm, storm } from "./storm.ts";
import { startWatch, type SubjectOptions } from "./subject.ts";

const STRICT = { sanitizeOps: true, sanitizeResources: true, timeout: 60_000 };

type Profile = Omit<Storm, "seed"> & SubjectOptions & { name: string };

const PROFILES: Profile[] = [
  { name: "1 writer", writers: 1, operations: 3000 },
  { name: "2 writers", writers: 2, operations: 2000 },
  { name: "3 writers", writers: 3, operations: 1500 },
  {
    name: "watched from its midst on",
    writers: 3,
    operations: 1500,
    late: true,
    initial: true,
  },
  {
    name: "the queue overflows",
    writers: 3,
    operations: 1500,
    flood: true,
  },
  {
    name: "the queue overflows, the process stands still",
    writers: 3,
    operations: 1500,
    flood: true,
    stall: true,
  },
  {
    name: "the queue overflows, the consumer does not pull",
    writers: 3,
    operations: 1500,
    flood: true,
    idle: true,
  },
];

for (const profile of PROFILES) {
  for (const seed of seeds(2)) {
    Deno.test({
      ...STRICT,
      name: `\`watch()\` is exact in a storm: ${profile.name}, seed ${seed}`,
      fn: async () => {
        const outcome = await storm(
          (root, model) => startWatch(root, model, profile),
          { ...profile, seed },
        );
        assertExact(outcome);
        assertGreater(outcome.probes, 0);
        if (profile.flood) assertGreater(outcome.overflows, 0);
      },
    });
  }
}

for (const kind of KINDS) {
  for (const seed of seeds(1)) {
    Deno.test({
      ...STRICT,
      name: `\`watch()\` is exact after each operation: ${kind}, seed ${seed}`,
      fn: async () => {
        await using base = await makeBase();
        const root = `${base.path}/tree`;
        const model = new Model(readTree(root));
        await using subject = await startWatch(root, model);
        const writer = new Writer(base.path, seed);
        while (writer.counts[kind].tried < 100) {
          const before = model.log.length;
          writer.step(kind);
          await subject.settle();
          const disk = readTree(root);
          const events = JSON.stringify(model.log.slice(before), null, 1);
          assertEquals(model.entries, disk, events);
          assertEquals(model.anomalies, []);
          assertEquals(subject.watches, countDirectories(disk));
          assertEquals(subject.watches, countWatches());
        }
        assertGreater(writer.counts[kind].done, 0);
      },
    });
  }
}

function assertExact({ failures, directories, watches }: Outcome): void {
  for (const [failure, found] of Object.entries(failures)) {
    assertEquals(
      found.length,
      0,
      `${found.length} ${failure}:\n${found.slice(0, 10).join("\n")}`,
    );
  }
  assertEquals(watches, directories);
}

function seeds(count: number): number[] {
  const only = Deno.env.get("STORM_SEED");
  if (only !== undefined) return [Number(only)];
  const length = Number(Deno.env.get("STORM_SEEDS") ?? count);
  return Array.from({ length }, (_, i) => i + 1);
}
