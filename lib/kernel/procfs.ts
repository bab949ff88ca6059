/** Reads files of /proc and symbolic links, without Deno's permission to read. */

import { EINVAL } from "./errno.ts";
import { decodePath, toCString } from "./byte_path.ts";
import type { Libc } from "./libc.ts";

const O_CLOEXEC = 0o2000000;

// The content is decoded before the next file or link is read.
const SIZE = 4096n;
const buffer = new Uint8Array(Number(SIZE));

const SYS_lseek = Deno.build.arch === "aarch64" ? 62n : 8n;

/** Returns the text of a file, whose size is known only after reading it. */
export function readText(path: string, libc: Libc): string {
  const { open, close } = libc.symbols;
  const location = libc.addressOf(toCString(path));
  const fd = libc.check(() => open(location, O_CLOEXEC), "open", path);
  try {
    return readToEnd(fd, path, libc);
  } finally {
    close(fd);
  }
}

/** Returns the text of the open file `fd` from its start; errors name `path`. */
export function rereadText(fd: number, path: string, libc: Libc): string {
  rewind(fd, path, libc);
  return readToEnd(fd, path, libc);
}

/** Moves the position of the open file or directory `fd` to its start. */
export function rewind(fd: number, path: string, libc: Libc): void {
  const { syscall } = libc.symbols;
  libc.check(() => syscall(SYS_lseek, fd, null, null, 0n), "lseek", path);
}

/**
 * Returns the text of the open file `fd`; errors name `path`.
 *
 * @throws {RangeError} If the file is longer than `maxSize` bytes.
 */
export function readToEnd(
  fd: number,
  path: string,
  libc: Libc,
  maxSize = Infinity,
): string {
  const { read } = libc.symbols;
  const address = libc.addressOf(buffer);
  const parts: Uint8Array[] = [];
  for (let size = 0; size <= maxSize;) {
    const count = libc.check(() => read(fd, address, SIZE), "read", path);
    if (count === 0) return decodePath(concat(parts));
    parts.push(buffer.slice(0, count));
    size += count;
  }
  throw tooLong(path, maxSize);
}

/** Returns the error for a file that is longer than `maxSize` bytes. */
export function tooLong(path: string, maxSize: number): RangeError {
  return new RangeError(
    `Cannot read '${path}': it is longer than ${maxSize} bytes`,
  );
}

/** Returns the target of the symbolic link at `location`; errors name `path`. */
export function readLink(
  location: string,
  libc: Libc,
  path: string = location,
): string {
  const length = libc.check(readLinkCall(location, libc), "readlink", path);
  return decodePath(buffer, 0, length);
}

/** Returns what {@linkcode readLink} returns; `undefined` if it is not a link. */
export function readLinkIfAny(
  location: string,
  libc: Libc,
  path: string,
): string | undefined {
  const call = readLinkCall(location, libc);
  const length = libc.checkUnless(EINVAL, call, "readlink", path);
  return length === undefined ? undefined : decodePath(buffer, 0, length);
}

/** Returns the call that reads a link into `buffer`. */
function readLinkCall(location: string, libc: Libc): () => number {
  const { readlink } = libc.symbols;
  const place = libc.addressOf(toCString(location));
  const address = libc.addressOf(buffer);
  return () => readlink(place, address, SIZE);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const sizes = parts.map(({ length }) => length);
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
