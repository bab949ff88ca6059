/**
 * Each storm runs for one seed; the environment sets others:
 *
 *     STORM_SEEDS=200 deno task test tests/storm/
 *     STORM_SEED=17 deno task test tests/storm/ --filter "3 writers"
 */

import { assertEquals, assertGreater } from "@std/assert";
import { LINKS, RULES } from "./scenarios.ts";
import { seeds } from "./seeds.ts";
import { type Outcome, type Storm, storm } from "./storm.ts";
import { startWatch, type SubjectOptions } from "./subject.ts";
import { hasTool } from "../support/tools.ts";
import { countOf } from "../support/thorough.ts";

const STRICT = { sanitizeOps: true, sanitizeResources: true };

type Profile = Omit<Storm, "seed"> & SubjectOptions & {
  name: string;
  ignore?: boolean;
};

/** How many operations each of 3 writers tries. */
const OPERATIONS = countOf(500, 1000);

const PROFILES: Profile[] = [
  { name: "1 writer", writers: 1, operations: countOf(1000, 2000) },
  { name: "2 writers", writers: 2, operations: countOf(700, 1400) },
  { name: "3 writers", writers: 3, operations: OPERATIONS },
  {
    name: "watched from the middle on",
    writers: 3,
    operations: OPERATIONS,
    late: true,
    initial: true,
  },
  {
    name: "the queue overflows",
    writers: 3,
    operations: OPERATIONS,
    flood: true,
  },
  {
    name: "the queue overflows, the process is stopped",
    writers: 3,
    operations: OPERATIONS,
    flood: true,
    stall: true,
  },
  {
    name: "the queue overflows, the consumer does not pull",
    writers: 3,
    operations: OPERATIONS,
    flood: true,
    idle: true,
  },
  {
    name: "with `followSymlinks`",
    writers: 3,
    operations: OPERATIONS,
    scenario: LINKS,
  },
  {
    name: "with `gitignore`",
    writers: 3,
    operations: OPERATIONS,
    scenario: RULES,
    ignore: !hasTool("git", "storms with `gitignore`"),
  },
];

for (const profile of PROFILES) {
  for (const seed of seeds(countOf(1, 2))) {
    Deno.test({
      ...STRICT,
      ignore: profile.ignore ?? false,
      name: `\`watch()\` is exact in a storm: ${profile.name}, seed ${seed}`,
      fn: async () => {
        const outcome = await storm(
          (root, model) => startWatch(root, model, profile),
          { ...profile, seed },
        );
        assertExact(outcome);
        // What a link leads to has watches on its way.
        if (profile.scenario !== LINKS) {
          assertEquals(outcome.watches, outcome.directories);
        }
        assertGreater(outcome.probes, 0);
        if (profile.flood) assertGreater(outcome.overflows, 0);
      },
    });
  }
}

function assertExact({ failures }: Outcome): void {
  for (const [failure, found] of Object.entries(failures)) {
    assertEquals(
      found.length,
      0,
      `${found.length} ${failure}:\n${found.slice(0, 10).join("\n")}`,
    );
  }
}
