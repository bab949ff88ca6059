import { assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import {
  type InotifyEvent,
  parseEvents,
} from "../../lib/kernel/inotify_event.ts";
import { decodePath } from "../../lib/kernel/byte_path.ts";
import { type Random, withRandom } from "../support/random.ts";
import { decodeTwice, mutate, randomName } from "./bytes.ts";
import { countOf } from "../support/thorough.ts";

const CASES = countOf(30_000, 300_000);

Deno.test(`\`parseEvents()\` decodes or rejects ${CASES} buffers`, () => {
  withRandom((random) => {
    const counts = { decoded: 0, rejected: 0 };
    for (let i = 0; i < CASES; i++) {
      const events: InotifyEvent[] = [];
      const bytes: number[] = [];
      let name: number[] = [];
      for (let n = random.below(4); n > 0; n--) {
        name = nextName(random, name);
        addEvent(random, name, events, bytes);
      }
      const isMutated = random.below(2) === 0;
      if (isMutated) mutate(random, bytes);
      const [first, second] = decodeTwice(random, bytes, parseEvents);
      assertStrictEquals(second, first);
      if (!isMutated) assertStrictEquals(first, JSON.stringify(events));
      else if (first === undefined) assertGreater(cutAt(bytes), -1);
      else assertEquals(cutAt(bytes), -1);
      counts[first === undefined ? "rejected" : "decoded"]++;
    }
    // Both outcomes are frequent.
    assertGreater(Math.min(counts.decoded, counts.rejected), CASES / 20);
  });
});

/** Returns no name, the previous name, or any name. */
function nextName(random: Random, before: number[]): number[] {
  const choice = random.below(4);
  return choice === 0 ? [] : choice === 1 ? before : randomName(random, 24);
}

/** Returns an event and its bytes in the layout of the kernel. */
function addEvent(
  random: Random,
  name: readonly number[],
  events: InotifyEvent[],
  bytes: number[],
) {
  const size = name.length === 0 ? 0 : Math.ceil((name.length + 1) / 16) * 16;
  const fields = new DataView(new ArrayBuffer(16));
  for (let i = 0; i < 3; i++) fields.setUint32(4 * i, random.next(), true);
  fields.setUint32(12, size, true);
  const padding = Array<number>(size - name.length).fill(0);
  bytes.push(...new Uint8Array(fields.buffer), ...name, ...padding);
  events.push({
    wd: fields.getInt32(0, true),
    mask: fields.getUint32(4, true),
    cookie: fields.getUint32(8, true),
    name: decodePath(Uint8Array.from(name)),
  });
}

/** Returns the start of an incomplete event in the bytes; -1 if there is none. */
function cutAt(bytes: readonly number[]): number {
  let start = 0;
  while (start < bytes.length) {
    const size = [15, 14, 13, 12]
      .reduce((sum, i) => 256 * sum + (bytes[start + i] ?? NaN), 0);
    if (!(start + 16 + size <= bytes.length)) return start;
    start += 16 + size;
  }
  return -1;
}
