/**
 * The small scope: short sequences of operations on tiny trees, all of them done
 * before the watcher reads anything. By default a few are run; the environment sets
 * more:
 *
 *     SMALL_SCOPE=all deno task test tests/storm/small_scope_test.ts
 *     SMALL_SCOPE=all SEED=17 deno task test … --filter random
 */

import { Random } from "../support/random.ts";
import { countOf } from "../support/thorough.ts";
import { type Case, Runner } from "./small_scope.ts";
import { everyCase, randomCase, withReads } from "./small_scope_cases.ts";

const IS_WHOLE = Deno.env.get("SMALL_SCOPE") === "all";
const SEED = Number(Deno.env.get("SEED") ?? 1);
/** By default, one of so many cases is run. */
const STRIDE = IS_WHOLE ? 1 : 400;
const RANDOM_CASES = Number(
  Deno.env.get("SMALL_SCOPE_RANDOM") ??
    (IS_WHOLE ? 20_000 : countOf(300, 1000)),
);
/** The number of watchers at a time; a user may have 128. */
const AT_ONCE = 8;
/** The number of failures that are printed in full. */
const MAX_FAILURES = 5;

/** Every sequence of one or two operations on these is a case. */
const STARTS = [
  "r/a/a/ r/b/ o/a/",
  "r/a/a r/b o/a/a/",
  "r/a/a/a/ r/b/a o/a",
];
/** Every sequence of three operations on these, which have fewer. */
const SMALLER_STARTS = [
  "r/a/ r/b/",
  "r/a/a/ o/a/",
  "r/a/a o/a/",
  "r/a/a/ r/b/",
];

/** Cases that failed once, and are fixed. */
const REGRESSIONS: Record<string, [start: string, operations: string]> = {
  "a wrong move that the next one's MOVE_SELF confirms": [
    "r/b/b/c/ r/c/ r/a/",
    "mkdir r/a/b; xchg r/b r/a/b; xchg r/c r/b; xchg r/b r/a/b; " +
    "xchg r/a r/b; xchg r/a r/b; xchg r/a r/b; xchg r/b r/a/b/c; " +
    "mv r/a/b/c o/f",
  ],
  "a directory that only moved": [
    "o/c/ r/a/b/a/a/ r/a/c/",
    "xchg o/c r/a/b/a/a; xchg o/c r/a/c; xchg r/a/b/a/a o/c; xchg r/a/b r/a/c",
  ],
  "a path that is gone already, as `moved_from`": [
    "r/c/ r/a/a/",
    "mkdir r/a/a/a; xchg r/a/a r/c; xchg r/a/a r/c/a; mv r/c r/a/a; " +
    "mv r/a/a o/b; xchg o/b r/a",
  ],
  "a path that is gone already, as `move`": [
    "o/a/ r/b/c/c/",
    "mv o/a r/c; xchg r/b/c r/c; mv r/b/c o/c; xchg r/b r/c/c",
  ],
  "an existing file, as `moved_from`": [
    "r/x/d/b",
    "create o/c; mkdir r/n; xchg o/c r/x/d/b; xchg r/x r/n",
  ],
  "a directory that has gone with the one that it was in": [
    "r/a/ o/b/b/",
    "mv o/b r/a/a; mv r/a/a/b r/a/b; xchg r/a/b r/a/a; mv r/a r/b; rm r/b",
  ],
  "a listing that is newer than events that wait": [
    "r/b/c/a/ o/c r/b/b/ r/c/b/c",
    "link o/c r/b/a; xchg r/b/c/a r/b/a; mv r/c/b/c r/b/a/a; " +
    "xchg r/b/c r/b/a; xchg r/b/b r/b/c/a",
  ],
  "a directory instead of a file that is not expected there": [
    "r/c/c/ r/b/b/a/ r/a",
    "xchg r/b/b r/a; xchg r/a/a r/b; xchg r/c r/a/a/b",
  ],
};

for (const [what, [start, operations]] of Object.entries(REGRESSIONS)) {
  Deno.test(`\`watch()\` is exact in the small scope: ${what}`, async () => {
    const given = {
      start: start.split(" "),
      operations: operations.split("; "),
    };
    await assertAllRight([given]);
  });
}

for (const length of [1, 2, 3]) {
  Deno.test(`\`watch()\` is exact in the small scope: every ${length} operations`, async () => {
    const starts = length < 3 ? STARTS : SMALLER_STARTS;
    const cases = starts.values()
      .flatMap((start) => everyCase(start.split(" "), length))
      .flatMap(withReads);
    await assertAllRight(sample(cases, length === 1 ? 1 : STRIDE));
  });
}

Deno.test(`\`watch()\` is exact in the small scope: random operations, seed ${SEED}`, async () => {
  const random = new Random(SEED);
  const cases = Array.from(
    { length: RANDOM_CASES },
    () => randomCase(random, 4 + random.below(9)),
  );
  await assertAllRight(cases);
});

/** Yields one of every `stride` cases. */
function* sample(cases: Iterable<Case>, stride: number): Generator<Case> {
  let i = 0;
  for (const each of cases) {
    if (i++ % stride === 0) yield each;
  }
}

async function assertAllRight(cases: Iterable<Case>): Promise<void> {
  using runner = new Runner();
  const failed: Case[] = [];
  let count = 0;
  // All workers take from one iterator.
  const iterator = Iterator.from(cases);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      count++;
      const failures = await runner.run(next.value);
      if (failures.length > 0) failed.push(next.value);
    }
  }));
  if (failed.length === 0) return;
  const reports: string[] = [];
  for (const each of failed.slice(0, MAX_FAILURES)) {
    const least = await runner.shrink(each);
    const failures = await runner.run(least);
    reports.push([
      `start: ${least.start.join(" ")}`,
      `operations: ${least.operations.join("; ")}`,
      ...failures,
    ].join("\n"));
  }
  throw new Error(
    `${failed.length} of ${count} cases are wrong:\n\n${reports.join("\n\n")}`,
  );
}
