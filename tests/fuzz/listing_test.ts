import {
  assert,
  assertEquals,
  assertGreater,
  assertStrictEquals,
} from "@std/assert";
import { decodePath } from "../../lib/kernel/byte_path.ts";
import type { Inode, Listing } from "../../lib/kernel/listing.ts";
import { ListingBuilder } from "../../lib/kernel/listing_builder.ts";
import { type Random, withRandom } from "../support/random.ts";
import { countOf } from "../support/thorough.ts";
import { mutate, randomName } from "./bytes.ts";

const CASES = countOf(20_000, 200_000);

Deno.test(`\`ListingBuilder\` accepts or rejects ${CASES} buffers`, () => {
  withRandom((random) => {
    const counts = { taken: 0, rejected: 0 };
    for (let i = 0; i < CASES; i++) {
      const [entries, bytes] = randomEntries(random, 4);
      const isMutated = random.below(2) === 0;
      if (isMutated) mutate(random, bytes);
      const listing = list(bytes);
      assertStrictEquals(listing === undefined, isBroken(bytes));
      if (!isMutated) assertSame(listing!, entries);
      else if (listing) assertWhole(listing);
      counts[listing ? "taken" : "rejected"]++;
    }
    // Both outcomes are frequent.
    assertGreater(Math.min(counts.taken, counts.rejected), CASES / 20);
  });
});

const LARGE_CASES = countOf(100, 300);

Deno.test(`\`Listing\` finds all names and no other name, in ${LARGE_CASES} listings`, () => {
  withRandom((random) => {
    for (let i = 0; i < LARGE_CASES; i++) {
      const [entries, bytes, cuts] = randomEntries(random, 500);
      const listing = list(bytes, cuts)!;
      assertSame(listing, entries);
      const again = list(bytes, [])!;
      assert(listing.equals(again) && again.equals(listing));
      for (const [name] of entries) {
        const known = entries.has(`${name}x`);
        assertEquals(listing.find(`${name}x`) >= 0, known);
      }
      const [gone] = entries.keys();
      if (gone === undefined) continue;
      again.forgetInodeAt(again.find(gone));
      assertEquals(again.inodeOf(gone), 0);
      assertEquals(listing.equals(again), entries.get(gone)!.inode === 0);
    }
  });
});

interface Entry {
  inode: Inode;
  isDirectory: boolean;
}

/** Returns entries, their bytes, and where the kernel may begin a new buffer. */
function randomEntries(
  random: Random,
  max: number,
): [entries: Map<string, Entry>, bytes: number[], cuts: number[]] {
  const entries = new Map<string, Entry>();
  const bytes: number[] = [];
  const cuts: number[] = [];
  const dots = random.below(max);
  for (let i = random.below(max); i > 0; i--) {
    if (i === dots) {
      addEntry(random, bytes, { name: [46], type: 4 });
      addEntry(random, bytes, { name: [46, 46], type: 4 });
    }
    if (random.below(10) === 0) cuts.push(bytes.length);
    const name = randomName(random, 24);
    if (name.length === 0) name.push(97);
    const text = decodePath(Uint8Array.from(name));
    if (entries.has(text) || text === "." || text === "..") continue;
    const type = random.below(15);
    const inode = addEntry(random, bytes, { name, type });
    // The name of an entry without a type determines what it is, see `list()`.
    const isDirectory = type === 0 ? name.length % 2 === 1 : type === 4;
    entries.set(text, { inode, isDirectory });
  }
  return [entries, bytes, cuts];
}

function addEntry(
  random: Random,
  bytes: number[],
  { name, type }: { name: number[]; type: number },
): Inode {
  const size = Math.ceil((19 + name.length + 1) / 8) * 8;
  // The kernel leaves old bytes of the buffer there.
  const padding = random.bytes(size - 19 - name.length - 1);
  const inode = random.bytes(8);
  if (random.below(2) === 0) inode.fill(0, random.below(8));
  bytes.push(...inode, ...random.bytes(8), size, 0, type);
  bytes.push(...name, 0, ...padding);
  const number = new DataView(Uint8Array.from(inode).buffer)
    .getBigUint64(0, true);
  return number < 2n ** 53n ? Number(number) : number;
}

/** Returns the listing of `bytes`, read in parts; undefined for a `RangeError`. */
function list(
  bytes: readonly number[],
  cuts: readonly number[] = [],
): Listing | undefined {
  const builder = new ListingBuilder();
  try {
    let start = 0;
    for (const end of [...cuts, bytes.length]) {
      // Only the first bytes are used.
      const buffer = Uint8Array.from([...bytes.slice(start, end), 1, 2, 3]);
      builder.add(buffer, end - start, (name) => name.indexOf(0) % 2 === 1);
      start = end;
    }
    return builder.build();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function assertSame(listing: Listing, entries: Map<string, Entry>): void {
  assertStrictEquals(listing.size, entries.size);
  const names = [...entries].map(([name, { isDirectory }]) =>
    [name, isDirectory] as [string, boolean]
  );
  const [actual, expected] = [[...listing], names].map((each) =>
    JSON.stringify(each)
  );
  // Comparing all of them deeply would be slow.
  if (actual !== expected) assertEquals([...listing], names);
  for (const [name, { inode, isDirectory }] of entries) {
    const at = listing.find(name);
    if (listing.nameAt(at) !== name || listing.inodeOf(name) !== inode) {
      assertEquals([listing.nameAt(at), listing.inodeOf(name)], [name, inode]);
    }
    if (listing.findSame(listing, at) !== at) {
      assertEquals(listing.findSame(listing, at), at);
    }
    if (listing.isDirectoryAt(at) !== isDirectory) {
      assertEquals(listing.isDirectoryAt(at), isDirectory);
    }
  }
}

/** Checks what holds for all bytes that are accepted. */
function assertWhole(listing: Listing): void {
  assertStrictEquals([...listing].length, listing.size);
  const buffer = new Uint8Array(1024);
  for (let at = listing.start; at < listing.end; at = listing.after(at)) {
    const same = listing.findSame(listing, at);
    assert(same >= listing.start && same <= at);
    listing.copyNameAt(same, buffer);
    const name = decodePath(buffer, 0, buffer.indexOf(0));
    if (!listing.nameAt(at).startsWith(name)) {
      assertEquals(name, listing.nameAt(at));
    }
  }
}

/** Returns whether `bytes` have an incomplete entry, or one that no kernel writes. */
function isBroken(bytes: readonly number[]): boolean {
  for (let start = 0; start < bytes.length;) {
    const size = 256 * (bytes[start + 17] ?? NaN) + (bytes[start + 16] ?? NaN);
    const end = start + size;
    if (!(size > 19 && size % 8 === 0 && end <= bytes.length)) return true;
    const tail = bytes.slice(Math.max(start + 19, end - 8), end);
    if (!tail.includes(0)) return true;
    start = end;
  }
  return false;
}
