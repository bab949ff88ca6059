/** `struct linux_dirent64` in bytes: the entries of a directory. */

import { decodeName } from "./path.ts";

/** The types of entries that matter here. */
export const DT = { UNKNOWN: 0, DIR: 4 } as const;

// Two fields of 8 bytes, the length of the whole, and the type; then the name.
const HEADER = 19;

/**
 * Hands `take` the name and the type of each entry that `bytes`, as filled by
 * getdents64(2), hold.
 *
 * @throws {RangeError} If `bytes` end in the middle of an entry, which they
 * never do when they come from the kernel.
 */
export function decodeEntries(
  bytes: Uint8Array,
  take: (name: string, type: number) => void,
): void {
  for (let start = 0; start < bytes.length;) {
    const end = endOf(bytes, start);
    take(decodeName(bytes, start + HEADER, end), bytes[start + 18]!);
    start = end;
  }
}

/** Where the entry that begins at `start` ends. */
function endOf(bytes: Uint8Array, start: number): number {
  const left = bytes.length - start;
  const size = left < HEADER
    ? HEADER
    : bytes[start + 16]! | bytes[start + 17]! << 8;
  if (size >= HEADER && size <= left) return start + size;
  throw new RangeError(
    `Cannot decode the entry at byte ${start}: ` +
      `it takes ${size} bytes, ${left} are left`,
  );
}
