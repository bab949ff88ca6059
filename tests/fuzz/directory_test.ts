import { assertGreater, assertStrictEquals } from "@std/assert";
import { decodeEntries } from "../../lib/kernel/dirent.ts";
import { decodePath } from "../../lib/kernel/byte_path.ts";
import { type Random, withRandom } from "../support/random.ts";
import { decodeTwice, mutate, randomName } from "./bytes.ts";
import { countOf } from "../support/thorough.ts";

const CASES = countOf(30_000, 300_000);

Deno.test(`\`decodeEntries()\` decodes or rejects ${CASES} buffers`, () => {
  withRandom((random) => {
    const counts = { decoded: 0, rejected: 0 };
    for (let i = 0; i < CASES; i++) {
      const entries: Entry[] = [];
      const bytes: number[] = [];
      for (let n = random.below(4); n > 0; n--) {
        addEntry(random, entries, bytes);
      }
      const isMutated = random.below(2) === 0;
      if (isMutated) mutate(random, bytes);
      const [first, second] = decodeTwice(random, bytes, decode);
      assertStrictEquals(second, first);
      if (!isMutated) assertStrictEquals(first, JSON.stringify(entries));
      else assertStrictEquals(first === undefined, isCut(bytes));
      counts[first === undefined ? "rejected" : "decoded"]++;
    }
    // Neither of them is rare.
    assertGreater(Math.min(counts.decoded, counts.rejected), CASES / 20);
  });
});

type Entry = [name: string, type: number];

function decode(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  decodeEntries(bytes, (...entry) => entries.push(entry));
  return entries;
}

/** An entry, and how the kernel lays it out. */
function addEntry(random: Random, entries: Entry[], bytes: number[]): void {
  const name = randomName(random, 24);
  const type = random.below(15);
  const size = Math.ceil((19 + name.length + 1) / 8) * 8;
  const padding = Array<number>(size - 19 - name.length).fill(0);
  bytes.push(...random.bytes(16), size, 0, type, ...name, ...padding);
  entries.push([decodePath(Uint8Array.from(name)), type]);
}

/** Whether `bytes` hold an entry that is not whole, or none can be. */
function isCut(bytes: readonly number[]): boolean {
  let start = 0;
  while (start < bytes.length) {
    const size = 256 * (bytes[start + 17] ?? NaN) + (bytes[start + 16] ?? NaN);
    if (!(size >= 19 && start + size <= bytes.length)) return true;
    start += size;
  }
  return false;
}
