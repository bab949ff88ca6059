/**
 * The layout of `struct linux_dirent64`, as getdents64(2) fills it; pure. Only
 * listings use it.
 */

// Inode and offset of 64 bits each, the size of the entry in 16, its type in 8,
// then the name and a NUL, up to a multiple of 8 bytes.
const SIZE = 16;

/** Where the type of an entry is. */
export const TYPE = 18;

/** Where the name of an entry begins. */
export const NAME = 19;

/** Every entry begins at a multiple of it. */
export const UNIT = 8;

/** The types that matter here, and one for all others. */
export const DT = { UNKNOWN: 0, DIRECTORY: 4, FILE: 8 } as const;

const DOT = 0x2e;

/** The size of the entry at `at`. */
export function sizeAt(bytes: Uint8Array, at: number): number {
  return bytes[at + SIZE]! | bytes[at + SIZE + 1]! << 8;
}

/**
 * Returns where the entry at `at` ends, and fills what is behind its name with
 * NULs: the kernel leaves there what was in the buffer before.
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

/** Whether the name at `start` is `.` or `..`. */
export function isDots(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === DOT &&
    (bytes[start + 1] === 0 ||
      bytes[start + 1] === DOT && bytes[start + 2] === 0);
}

/** Where the name of the entry at `at` ends. */
export function nameEnd(bytes: Uint8Array, at: number): number {
  let end = at + sizeAt(bytes, at) - 1;
  // An empty name ends where it begins, and no other begins with a NUL.
  while (end > at + NAME && bytes[end - 1] === 0) end--;
  return end;
}

/** Whether the entry at `at` has the name from `start` to `end` in `name`. */
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
