import { assertEquals } from "@std/assert";
import { ReadPacer } from "../../lib/kernel/read_pacer.ts";

/** What is read and when, and the pause after it, in milliseconds. */
const ROWS: [
  does: string,
  reads: [now: number, count: number][],
  pause: number,
][] = [
  ["waits at once before anything was read", [], 0],
  ["does not pause after the first read", [[0, 5000]], 0],
  ["does not pause after 3 in a millisecond", [[0, 1], [2, 7]], 0],
  ["pauses after 4 in a millisecond", [[0, 1], [2, 8]], 8],
  ["measures a rate over at least 2 ms", [[0, 1], [1, 100]], 0],
  ["counts all that was read in the time", [[0, 1], [1, 4], [2, 4]], 8],
  ["forgets what was read before it was quiet", [[0, 1], [1, 99], [9, 1]], 0],
  ["counts from the last read on", [[0, 1], [1, 1], [5, 16]], 8],
  ["pauses until 1024 have come", [[0, 1], [2, 512]], 4],
  ["pauses for 2 ms at least", [[0, 1], [2, 8192]], 2],
  ["pauses again after a pause", [[0, 1], [2, 8], [10, 32]], 8],
  ["waits at once when it is over", [[0, 1], [2, 8], [10, 31]], 0],
  ["pauses no longer for what is read in it", [[0, 1], [2, 8], [3, 100]], 7],
  ["pauses no less for little that is read in it", [[0, 1], [2, 8], [5, 1]], 5],
];

for (const [does, reads, pause] of ROWS) {
  Deno.test(`\`ReadPacer\` ${does}`, () => {
    const burst = new ReadPacer();
    for (const [now, count] of reads) burst.recordRead(count, now);
    assertEquals(burst.remainingDelay(reads.at(-1)?.[0] ?? 0), pause);
  });
}

Deno.test("`ReadPacer` pauses from the read on", () => {
  const burst = new ReadPacer();
  burst.recordRead(1, 8);
  burst.recordRead(100, 10);
  assertEquals([12, 18, 20].map((now) => burst.remainingDelay(now)), [6, 0, 0]);
});
