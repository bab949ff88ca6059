/**
 * The layout of `struct linux_dirent64`, which getdents64(2) fills. Only listings
 * use it.
 */

// Inode and offset of 64 bits each, the size of the entry in 16, its type in 8,
// then the name and a NUL, up to a multiple of 8 bytes.
const SIZE = 16;

/** The offset of the type of an entry. */
export const TYPE = 18;

/** The offset of the name of an entry. */
export const NAME = 19;

/** Every entry begins at a multiple of this. */
export const UNIT = 8;

/** The types that are used here; REG stands for all other types. */
export const DT = { UNKNOWN: 0, DIRECTORY: 4, FILE: 8, LINK: 10 } as const;

const DOT = 0x2e;

/** Returns the size of the entry at `at`. */
export function sizeAt(bytes: Uint8Array, at: number): number {
  return bytes[at + SIZE]! | bytes[at + SIZE + 1]! << 8;
}

/**
 * Returns the end of the entry at `at`, and fills the bytes after its name with
 * NULs: the kernel leaves old bytes of the buffer there.
 */
export function checkEntry(bytes: Uint8Array, at: number, end: number): number {
  const left = end - at;
  const size = left < NAME ? 0 : sizeAt(bytes, at);
  if (size > NAME && size <= left && size % UNIT === 0) {
    const next = at + size;
    let nul = Math.max(next - UNIT, at + NAME);
    while (nul < next && bytes[nul] !== 0) nul++;
    if (nul < next) {
      for (let i = nul + 1; i < next; i++) bytes[i] = 0;
      return next;
    }
  }
  throw new RangeError(
    `Cannot decode the entry at byte ${at}: ` +
      `its size is ${size}, ${left} bytes are left`,
  );
}

/** Returns whether the name at `start` is `.` or `..`. */
export function isDots(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === DOT &&
    (bytes[start + 1] === 0 ||
      bytes[start + 1] === DOT && bytes[start + 2] === 0);
}

/** Returns the end of the name of the entry at `at`. */
export function nameEnd(bytes: Uint8Array, at: number): number {
  let end = at + sizeAt(bytes, at) - 1;
  // Stops at the start, for an empty name.
  while (end > at + NAME && bytes[end - 1] === 0) end--;
  return end;
}

/** Returns whether the entry at `at` has the name from `start` to `end` in `name`. */
export function hasName(
  bytes: Uint8Array,
  at: number,
  name: Uint8Array,
  start: number,
  end: number,
): boolean {
  const offset = at + NAME - start;
  for (let i = start; i < end; i++) {
    if (bytes[offset + i] !== name[i]) return false;
  }
  return nameEnd(bytes, at) === offset + end;
}
