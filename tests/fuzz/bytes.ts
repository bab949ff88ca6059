/** Random bytes for the parsers of kernel data. */

import type { Random } from "../support/random.ts";

const encoder = new TextEncoder();
const CHARACTERS = ["a", "/", "\n", "\x1b", "é", "\ufeff", "€", "🐟"]
  .map((character) => encoder.encode(character));

/** Returns a name without a NUL: of complete, incomplete and malformed characters. */
export function randomName(random: Random, longest: number): number[] {
  const name: number[] = [];
  const length = random.below(longest + 1);
  while (name.length < length) {
    const character = random.oneOf(CHARACTERS);
    const end = random.below(4) > 0 ? character.length : 1;
    name.push(...character.subarray(0, end));
    if (random.below(8) === 0) name.push(1 + random.below(255));
  }
  return name.slice(0, length);
}

/** Changes some bytes, and cuts off or adds some at the end. */
export function mutate(random: Random, bytes: number[]): void {
  for (let i = random.below(6); i > 0 && bytes.length > 0; i--) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
  const change = random.below(4);
  if (change === 0) bytes.length -= Math.min(bytes.length, random.below(20));
  if (change === 1) bytes.push(...random.bytes(random.below(20)));
}

const ROOM = 8192;
const room = new Uint8Array(ROOM);

/**
 * Returns the result of `decode` for `bytes` as JSON, twice: with different bytes
 * around them, which it must not read. `undefined` stands for a `RangeError`.
 */
export function decodeTwice(
  random: Random,
  bytes: readonly number[],
  decode: (bytes: Uint8Array) => unknown,
): [first: string | undefined, second: string | undefined] {
  const start = random.below(ROOM - bytes.length);
  const part = room.subarray(start, start + bytes.length);
  const [first, second] = [0xbf, 0x61].map((around) => {
    room.fill(around, Math.max(0, start - 64), start + bytes.length + 64);
    part.set(bytes);
    try {
      return JSON.stringify(decode(part));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  });
  return [first, second];
}
