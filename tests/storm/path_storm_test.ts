/** Storms on the names above a path; the environment asks for more seeds. */

import { assertEquals, assertGreater } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { type PathOutcome, type PathStorm, pathStorm } from "./path_storm.ts";
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
  for (const seed of seeds(1)) {
    Deno.test({
      name:
        `\`watch()\` follows a path through a storm with mounts: ${name}, seed ${seed}`,
      ignore: !hasNamespaces,
      fn: async () => {
        const storm = { ...profile, seed, rounds: ROUNDS, mounts: true };
        const { failures, probes } = await stormWithin(storm);
        assertEquals(failures, []);
        assertGreater(Math.max(...probes), 0);
      },
    });
  }
}

/** Runs a storm in a process with a mount namespace of its own. */
async function stormWithin(storm: PathStorm): Promise<PathOutcome> {
  using directory = new TestDirectory();
  const module = import.meta.resolve("./path_storm.ts");
  const program = ["run", "--quiet", "--no-prompt", "--allow-all", module];
  const { success, stdout, stderr } = await new Deno.Command("unshare", {
    args: [
      ...["--user", "--map-root-user", "--mount", Deno.execPath()],
      ...program,
      JSON.stringify(storm),
    ],
    env: { TMPDIR: directory.path },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}
