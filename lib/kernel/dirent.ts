/** `struct linux_dirent64`, as getdents64(2) fills it; pure. */

import { decodeName } from "./byte_path.ts";

/** The types of entries in `struct linux_dirent64` that matter here. */
export const DT = { UNKNOWN: 0, DIR: 4 } as const;

// Two fields of 8 bytes, the length of the whole, and the type; then the name.
const HEADER = 19;
const DOT = 0x2e;

/**
 * Hands `take` the name and the type of each entry but `.` and `..` that `bytes`,
 * as filled by getdents64(2), hold.
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
    // In a tree of few files they are most of the names.
    if (!isDots(bytes, start + HEADER)) {
      take(decodeName(bytes, start + HEADER, end), bytes[start + 18]!);
    }
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

/** Whether the name at `start` is `.` or `..`. */
function isDots(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === DOT &&
    (bytes[start + 1] === 0 ||
      bytes[start + 1] === DOT && bytes[start + 2] === 0);
}
