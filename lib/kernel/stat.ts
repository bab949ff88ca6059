/** What links and files say and are, without Deno's permission to read. */

import { NOT_FOUND_CODES, type SystemError } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { toCString } from "./byte_path.ts";

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_TYPE = 0x1;
const STATX_CTIME = 0x80;
const STATX_INO = 0x100;
const STATX_MNT_ID = 0x1000;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

// Some file systems keep whole seconds, and FAT only every other one: a change
// was within this many milliseconds.
const COARSE_TIMESTAMP_MS = 2000;

/** `struct statx`, read before the next call fills it. */
const status = new DataView(new ArrayBuffer(256));

/** How to look up a path. */
interface Lookup {
  /** The open directory that a relative one counts from. */
  readonly fd?: number;
  /** Whether it is about what a symbolic link leads to, or about the link. */
  readonly followSymlinks?: boolean;
}

/**
 * When the file at `path` last changed at the latest, in milliseconds of Unix
 * time: `-Infinity` if there is none, and `Infinity` if nothing can be known of
 * it.
 */
export function changedAt(path: string, libc: Libc, lookup?: Lookup): number {
  try {
    if (!findStatus(path, STATX_CTIME, libc, lookup)) return -Infinity;
  } catch {
    return Infinity;
  }
  const seconds = Number(status.getBigInt64(96, true));
  const nanoseconds = status.getUint32(104, true);
  return seconds * 1000 +
    (nanoseconds === 0 ? COARSE_TIMESTAMP_MS : nanoseconds / 1e6);
}

/** Whether `name` is of a directory, in the one that is open as `fd`. */
export function isDirectoryAt(name: string, libc: Libc, fd: number): boolean {
  return findStatus(name, STATX_TYPE, libc, { fd, followSymlinks: false }) &&
    fileType() === S_IFDIR;
}

/** What tells the file at `path` from all others; undefined where none is. */
export function identityAt(path: string, libc: Libc): string | undefined {
  return hasStatus(path, STATX_INO, libc) ? identity() : undefined;
}

/**
 * Whether `link` leads elsewhere than to the absolute path that is its text, as
 * those of /proc do out of one mount namespace into another.
 */
export function leadsElsewhere(
  link: string,
  text: string,
  libc: Libc,
): boolean {
  const place = placeAt(link, libc);
  return place !== undefined && place !== placeAt(text, libc);
}

/** The mount and the inode that `path` leads to; undefined where none is. */
function placeAt(path: string, libc: Libc): string | undefined {
  const fields = STATX_INO | STATX_MNT_ID;
  return hasStatus(path, fields, libc) ? `${identity()} ${mount()}` : undefined;
}

/** Whether what is open as `fd` is a regular file. */
export function isRegularFile(fd: number, libc: Libc): boolean {
  return hasStatus(`/proc/self/fd/${fd}`, STATX_TYPE, libc) &&
    fileType() === S_IFREG;
}

/**
 * The mount that `path` is in: 0 where the kernel does not say, and undefined
 * where nothing is.
 */
export function mountAt(path: string, libc: Libc): bigint | undefined {
  return hasStatus(path, STATX_MNT_ID, libc) ? mount() : undefined;
}

/** @throws {SystemError} If there is nothing at `path`. */
export function assertExists(path: string, libc: Libc): void {
  libc.check(() => readStatus(path, 0, libc), "statx", path);
}

/**
 * Fills `struct statx`; false where there is no such file (any more).
 *
 * @throws {SystemError} If there is one, as far as can be known.
 */
function findStatus(
  path: string,
  fields: number,
  libc: Libc,
  lookup?: Lookup,
): boolean {
  try {
    libc.check(
      () => readStatus(path, fields, libc, lookup),
      "statx",
      path,
    );
    return true;
  } catch (error) {
    if (NOT_FOUND_CODES.has((error as SystemError).code)) return false;
    throw error;
  }
}

/** Fills `struct statx`; false where that cannot be done, for whatever reason. */
function hasStatus(path: string, fields: number, libc: Libc): boolean {
  return libc.succeeds(() => readStatus(path, fields, libc));
}

/** Fills `struct statx`; returns what statx(2) does. */
function readStatus(
  path: string,
  fields: number,
  libc: Libc,
  { fd = AT_FDCWD, followSymlinks = true }: Lookup = {},
): number {
  const flags = followSymlinks ? 0 : AT_SYMLINK_NOFOLLOW;
  const { statx } = libc.symbols;
  const place = libc.addressOf(toCString(path));
  return statx(fd, place, flags, fields, libc.addressOf(status));
}

/** The device and the inode of the last one. */
function identity(): string {
  const inode = status.getBigUint64(32, true);
  return `${status.getBigUint64(136, true)} ${inode}`;
}

/** The mount that the last one was in. */
function mount(): bigint {
  return status.getBigUint64(144, true);
}

/** What kind of file the last one was. */
function fileType(): number {
  return status.getUint16(28, true) & S_IFMT;
}
