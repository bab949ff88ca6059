import { assertEquals } from "@std/assert";
import { ReadPacer } from "../../lib/kernel/read_pacer.ts";

/** The reads, as times and counts of events, and the pause after them, in milliseconds. */
const ROWS: [
  does: string,
  reads: [now: number, count: number][],
  pause: number,
][] = [
  ["does not pause before the first read", [], 0],
  ["does not pause after the first read", [[0, 5000]], 0],
  ["does not pause after 3 events in a millisecond", [[0, 1], [2, 7]], 0],
  ["pauses after 4 events in a millisecond", [[0, 1], [2, 8]], 8],
  ["measures a rate over at least 2 ms", [[0, 1], [1, 100]], 0],
  ["counts all events of this time", [[0, 1], [1, 4], [2, 4]], 8],
  ["forgets the events from before a quiet time", [[0, 1], [1, 99], [9, 1]], 0],
  ["measures the pause from the last read", [[0, 1], [1, 1], [5, 16]], 8],
  ["pauses until 1024 events are expected", [[0, 1], [2, 512]], 4],
  ["pauses for at least 2 ms", [[0, 1], [2, 8192]], 2],
  ["pauses again after a pause", [[0, 1], [2, 8], [10, 32]], 8],
  ["does not pause after the end of a burst", [[0, 1], [2, 8], [10, 31]], 0],
  [
    "does not extend a pause for many events in it",
    [[0, 1], [2, 8], [3, 100]],
    7,
  ],
  [
    "does not shorten a pause for few events in it",
    [[0, 1], [2, 8], [5, 1]],
    5,
  ],
];

for (const [does, reads, pause] of ROWS) {
  Deno.test(`\`ReadPacer\` ${does}`, () => {
    const burst = new ReadPacer();
    for (const [now, count] of reads) burst.recordRead(count, now);
    assertEquals(burst.remainingDelay(reads.at(-1)?.[0] ?? 0), pause);
  });
}

Deno.test("`ReadPacer` measures the pause from the read", () => {
  const burst = new ReadPacer();
  burst.recordRead(1, 8);
  burst.recordRead(100, 10);
  assertEquals([12, 18, 20].map((now) => burst.remainingDelay(now)), [6, 0, 0]);
});
