import { assertEquals } from "@std/assert";
import { Burst } from "../lib/burst.ts";

/** What is read and when, and the pause behind it, in milliseconds. */
const ROWS: [
  does: string,
  reads: [now: number, count: number][],
  pause: number,
][] = [
  ["waits at once before anything was read", [], 0],
  ["waits at once behind a few events", [[0, 15]], 0],
  ["pauses behind many at once", [[0, 16]], 4],
  ["pauses behind many within a short time", [[0, 8], [1, 8]], 4],
  ["waits at once behind as many in a longer time", [[0, 8], [2, 8]], 0],
  ["pauses longer the longer it lasts", [[0, 16], [5, 50]], 8],
  ["pauses for 16 ms at most", [[0, 16], [5, 50], [13, 50], [29, 50]], 16],
  ["pauses as long where as many came as it aims at", [[0, 16], [5, 1024]], 4],
  ["halves it behind twice as many", [[0, 16], [4, 16], [9, 2048]], 4],
  ["pauses for 2 ms at least", [[0, 16], [5, 8192]], 2],
  ["begins anew", [[0, 16], [5, 50], [13, 3], [20, 3]], 0],
  ["begins anew with a short pause", [[0, 16], [5, 50], [13, 3], [20, 16]], 4],
];

for (const [does, reads, pause] of ROWS) {
  Deno.test(`\`Burst\` ${does}`, () => {
    const burst = new Burst();
    for (const [now, count] of reads) burst.take(count, now);
    assertEquals(burst.pauseFrom(reads.at(-1)?.[0] ?? 0), pause);
  });
}

Deno.test("`Burst` pauses from the read on", () => {
  const burst = new Burst();
  burst.take(16, 10);
  assertEquals([12, 14, 20].map((now) => burst.pauseFrom(now)), [2, 0, 0]);
});
