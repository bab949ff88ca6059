/** Storms on the names above a path; the environment asks for more seeds. */

import { assertEquals, assertGreater } from "@std/assert";
import { type PathStorm, pathStorm } from "./path_storm.ts";
import { seeds } from "./seeds.ts";

type Profile = Omit<PathStorm, "seed" | "rounds"> & { name: string };

const ROUNDS = 12;

const PROFILES: Profile[] = [
  { name: "a tree, few changes at a time", operations: 10, recursive: true },
  { name: "a tree, many changes at a time", operations: 100, recursive: true },
  { name: "a directory", operations: 30 },
  { name: "a file", operations: 30, file: "y" },
];

for (const { name, ...profile } of PROFILES) {
  for (const seed of seeds(2)) {
    Deno.test({
      name: `\`watch()\` follows a path through a storm: ${name}, seed ${seed}`,
      sanitizeOps: true,
      sanitizeResources: true,
      fn: async () => {
        const storm = { ...profile, seed, rounds: ROUNDS };
        const { failures, present, probes } = await pathStorm(storm);
        assertEquals(failures, []);
        assertGreater(present, 0);
        assertGreater(Math.min(...probes), 0);
      },
    });
  }
}
