import { assert, assertGreater, assertStrictEquals } from "@std/assert";
import {
  decodePath,
  encodePath,
  toCString,
  toPath,
} from "../../lib/kernel/byte_path.ts";
import { type Random, withRandom } from "../support/random.ts";
import { randomName } from "./bytes.ts";
import { countOf } from "../support/thorough.ts";

const CASES = countOf(15_000, 150_000);

Deno.test(`\`decodePath()\` loses nothing of ${CASES} names`, () => {
  withRandom((random) => {
    for (let i = 0; i < CASES; i++) {
      const bytes = Uint8Array.from(
        randomName(random, random.oneOf([3, 20, 20, 20, 300])),
      );
      const path = decodePath(bytes);
      assert(isCString(encodePath(path), bytes));
      assert(isCString(toCString(path), bytes));
      // A surrogate stands for a byte that is not text by itself.
      for (const [character] of path.matchAll(/\p{Cs}/gu)) {
        assertGreater(character.charCodeAt(0), 0xdc7f);
      }
      const start = random.below(bytes.length + 1);
      const end = start + random.below(bytes.length - start + 1);
      assertStrictEquals(
        decodePath(bytes, start, end),
        decodePath(bytes.slice(start, end)),
      );
    }
  });
});

Deno.test(`\`encodePath()\` encodes or rejects ${CASES} strings`, () => {
  withRandom((random) => {
    let rejected = 0;
    for (let i = 0; i < CASES; i++) {
      const path = randomString(random);
      const bytes = valueOrTypeError(() => encodePath(path));
      const isValid = !/\0|(?![\udc80-\udcff])\p{Cs}/u.test(path);
      assertStrictEquals(bytes !== undefined, isValid);
      if (bytes === undefined) {
        rejected++;
        continue;
      }
      assertStrictEquals(bytes.indexOf(0), bytes.length - 1);
      const name = bytes.subarray(0, -1);
      assert(isCString(encodePath(decodePath(name)), name));
      assert(isCString(toCString(path), name));
    }
    assertGreater(rejected, CASES / 100);
  });
});

Deno.test(`\`toPath()\` finds the bytes of ${CASES} URLs`, () => {
  withRandom((random) => {
    for (let i = 0; i < CASES; i++) {
      const name = randomName(random, 20);
      const url = new URL(`file:///${name.map(escapeByte).join("")}`);
      const bytes = Uint8Array.of(0x2f, ...name);
      assert(isCString(encodePath(toPath(url)), bytes), url.href);
    }
  });
});

function escapeByte(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}

/** Returns random UTF-16 code units, most of them surrogates. */
function randomString(random: Random): string {
  const length = random.below(12);
  const units = Array.from({ length }, () =>
    random.oneOf([
      () => 0x20 + random.below(0x60),
      () => random.below(0x10000),
      () => 0xd800 + random.below(0x800),
      () => 0xdc80 + random.below(0x80),
      () => 0xdc80 + random.below(0x80),
    ])());
  return String.fromCharCode(...units);
}

function valueOrTypeError<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Returns whether `actual` begins with `bytes` and a NUL. */
function isCString(actual: Uint8Array, bytes: Uint8Array): boolean {
  return actual[bytes.length] === 0 &&
    bytes.every((byte, i) => byte === actual[i]);
}
