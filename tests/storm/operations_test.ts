/**
 * Tests each kind of operation separately. `STORM_SEEDS` and `STORM_SEED` in the
 * environment work as for `storm_test.ts`.
 */

import { assertEquals, assertGreater } from "@std/assert";
import { countAbove, countWatches } from "../support/process.ts";
import { countOf } from "../support/thorough.ts";
import { Writer } from "./generator.ts";
import { countDirectories, Model, readTree } from "./model.ts";
import { KINDS, KINDS_OF_RULES } from "./operations.ts";
import { seeds } from "./seeds.ts";
import { makeBase } from "./storm.ts";
import { startWatch } from "./subject.ts";

const STRICT = { sanitizeOps: true, sanitizeResources: true };

for (const kind of KINDS) {
  for (const seed of seeds(1)) {
    Deno.test({
      ...STRICT,
      name: `\`watch()\` is exact after each operation: ${kind}, seed ${seed}`,
      fn: async () => {
        using base = makeBase();
        const root = `${base.path}/tree`;
        const model = new Model(readTree(root));
        await using subject = await startWatch(root, model);
        const writer = new Writer(base.path, seed);
        while (writer.counts[kind].tried < countOf(30, 100)) {
          const before = model.log.length;
          // At the start, no directory has rules.
          if (KINDS_OF_RULES.includes(kind)) writer.step("writeRules");
          writer.step(kind);
          await subject.settle();
          const disk = readTree(root);
          const events = JSON.stringify(model.log.slice(before), null, 1);
          assertEquals(model.entries, disk, events);
          assertEquals(model.anomalies, []);
          assertEquals(subject.watches, countDirectories(disk));
          assertEquals(subject.watches, countWatches() - countAbove(root));
        }
        assertGreater(writer.counts[kind].done, 0);
      },
    });
  }
}
