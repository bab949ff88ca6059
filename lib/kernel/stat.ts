/** Calls statx(2): file type, inode, mount and time of change. */

import { NOT_FOUND_CODES, type SystemError } from "./errno.ts";
import type { Libc, Memory } from "./libc.ts";
import { type Inode, toInode } from "./listing.ts";
import { toCString } from "./byte_path.ts";

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_TYPE = 0x1;
const STATX_MTIME = 0x40;
const STATX_CTIME = 0x80;
const STATX_INO = 0x100;
const STATX_BTIME = 0x800;
const STATX_MNT_ID = 0x1000;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

// Some file systems store whole seconds, and FAT only even ones. So a change is up
// to this many milliseconds later than its time.
const COARSE_TIMESTAMP_MS = 2000;

/** `struct statx`, which every call overwrites. */
const status = new DataView(new ArrayBuffer(256));
const words = new Int32Array(status.buffer);

/** How to look up a path. */
interface Lookup {
  /** The open directory to which a relative path is relative. */
  readonly fd?: number;
  /** Whether to follow a symbolic link at the path. */
  readonly followSymlinks?: boolean;
  /** More flags of statx(2). */
  readonly flags?: number;
}

/**
 * Returns the latest time at which the file at `path` may have changed, in
 * milliseconds of Unix time: `-Infinity` if there is no file, and `Infinity` if
 * its time cannot be read.
 */
export function changedAt(
  path: string | Memory,
  libc: Libc,
  lookup?: Lookup,
): number {
  try {
    if (!findStatus(path, STATX_CTIME, libc, lookup)) return -Infinity;
  } catch {
    return Infinity;
  }
  return lastChange();
}

/**
 * Returns a function that does the same for the entry whose name is in `name`, a
 * C string, in the open directory `fd`: for many of them, it is much faster.
 */
export function entriesChangedAt(
  fd: number,
  name: Memory,
  libc: Libc,
): () => number {
  const { statx } = libc.symbols;
  const place = libc.addressOf(name);
  const address = libc.addressOf(status);
  return () => {
    const isRead = statx(fd, place, AT_SYMLINK_NOFOLLOW, STATX_CTIME, address);
    if (isRead === 0) return lastChange();
    return changedAt(name, libc, { fd, followSymlinks: false });
  };
}

/** The time of change of the last file. */
function lastChange(): number {
  return timeAt(96);
}

/** Returns the time at `offset` of the last status, or the latest that it may be. */
function timeAt(offset: number): number {
  const at = offset / 4;
  // A bigint would be an object for each file.
  const seconds = (words[at]! >>> 0) + words[at + 1]! * 2 ** 32;
  const nanoseconds = words[at + 2]!;
  return seconds * 1000 +
    (nanoseconds === 0 ? COARSE_TIMESTAMP_MS : nanoseconds / 1e6);
}

/**
 * Returns whether `name` in the open directory `fd` is a directory; undefined if
 * it is missing.
 */
export function isDirectoryAt(
  name: string | Memory,
  libc: Libc,
  fd: number,
): boolean | undefined {
  return findStatus(name, STATX_TYPE, libc, { fd, followSymlinks: false })
    ? fileType() === S_IFDIR
    : undefined;
}

/** Returns whether `name` is there, in the open directory `fd`. */
export function existsAt(name: string, libc: Libc, fd: number): boolean {
  const lookup = { fd, followSymlinks: false };
  return libc.succeeds(() => readStatus(name, 0, libc, lookup));
}

/** Identifies a file, with its times. */
export interface Identity {
  readonly device: bigint;
  readonly inode: Inode;
  /** When it was created, in Unix milliseconds; `Infinity` if this is unknown. */
  readonly bornAt: number;
  /** When its contents changed, in Unix milliseconds. */
  readonly modifiedAt: number;
}

/**
 * Returns the identity of `name` in the open directory `fd`; with an empty name,
 * that of `fd`; undefined if it is missing or cannot be read.
 */
export function identityIn(
  fd: number,
  name: string,
  libc: Libc,
): Identity | undefined {
  const fields = STATX_INO | STATX_BTIME | STATX_MTIME;
  const lookup = { fd, followSymlinks: false, flags: AT_EMPTY_PATH };
  if (!libc.succeeds(() => readStatus(name, fields, libc, lookup))) {
    return undefined;
  }
  const knowsBirth = (words[0]! & STATX_BTIME) !== 0;
  return {
    device: status.getBigUint64(136, true),
    inode: toInode(words[8]! >>> 0, words[9]! >>> 0),
    bornAt: knowsBirth ? timeAt(80) : Infinity,
    modifiedAt: timeAt(112),
  };
}

/** Returns whether `path` leads to a directory. */
export function isDirectory(path: string, libc: Libc): boolean {
  return hasStatus(path, STATX_TYPE, libc) && fileType() === S_IFDIR;
}

/** Returns a text that identifies the file at `path`; undefined if it is missing. */
export function identityAt(path: string, libc: Libc): string | undefined {
  return hasStatus(path, STATX_INO, libc) ? identity() : undefined;
}

/** Returns the same text for the entry at `path`, which may be a symbolic link. */
export function entryIdentityAt(path: string, libc: Libc): string | undefined {
  const lookup = { followSymlinks: false };
  return hasStatus(path, STATX_INO, libc, lookup) ? identity() : undefined;
}

/** Returns the same text for the open file `fd`. */
export function identityOf(fd: number, libc: Libc): string | undefined {
  const lookup = { fd, flags: AT_EMPTY_PATH };
  return hasStatus("", STATX_INO, libc, lookup) ? identity() : undefined;
}

/**
 * Returns whether `link` leads to another place than its text. The links in /proc
 * do so if they lead into another mount namespace.
 */
export function leadsElsewhere(
  link: string,
  text: string,
  libc: Libc,
): boolean {
  const place = placeAt(link, libc);
  return place !== undefined && place !== placeAt(text, libc);
}

/** Returns the mount and the inode at `path`; undefined if it is missing. */
function placeAt(path: string, libc: Libc): string | undefined {
  const fields = STATX_INO | STATX_MNT_ID;
  return hasStatus(path, fields, libc) ? `${identity()} ${mount()}` : undefined;
}

/** Returns whether the descriptor `fd` is of a regular file. */
export function isRegularFile(fd: number, libc: Libc): boolean {
  return typeOf(fd, libc) === "file";
}

/** Returns which type the open file `fd` has. */
export function typeOf(
  fd: number,
  libc: Libc,
): "file" | "directory" | "other" {
  const lookup = { fd, flags: AT_EMPTY_PATH };
  if (!hasStatus("", STATX_TYPE, libc, lookup)) return "other";
  const type = fileType();
  if (type === S_IFREG) return "file";
  return type === S_IFDIR ? "directory" : "other";
}

/**
 * Returns the mount of `path`: 0 if the kernel does not report it, and undefined
 * if nothing is at `path`.
 */
export function mountAt(path: string, libc: Libc): bigint | undefined {
  const lookup = { flags: AT_STATX_DONT_SYNC };
  return hasStatus(path, STATX_MNT_ID, libc, lookup) ? mount() : undefined;
}

/** Returns the mount of the open file `fd`, or 0 if the kernel does not report it. */
export function mountOf(fd: number, libc: Libc): bigint {
  // The kernel knows the mount without asking a server.
  const lookup = { fd, flags: AT_EMPTY_PATH | AT_STATX_DONT_SYNC };
  const isKnown = libc.succeeds(() =>
    readStatus("", STATX_MNT_ID, libc, lookup)
  );
  return isKnown ? mount() : 0n;
}

/**
 * Makes sure that `path` exists.
 *
 * @throws {SystemError} If it does not exist.
 */
export function assertExists(path: string, libc: Libc): void {
  libc.check(() => readStatus(path, 0, libc), "statx", path);
}

/**
 * Fills `struct statx`; returns `false` if the file does not exist.
 *
 * @throws {SystemError} If the call fails for another reason.
 */
function findStatus(
  path: string | Memory,
  fields: number,
  libc: Libc,
  lookup?: Lookup,
): boolean {
  try {
    libc.check(
      () => readStatus(path, fields, libc, lookup),
      "statx",
      typeof path === "string" ? path : undefined,
    );
    return true;
  } catch (error) {
    if (NOT_FOUND_CODES.has((error as SystemError).code)) return false;
    throw error;
  }
}

/** Fills `struct statx`; returns `false` if the call fails for any reason. */
function hasStatus(
  path: string,
  fields: number,
  libc: Libc,
  lookup?: Lookup,
): boolean {
  return libc.succeeds(() => readStatus(path, fields, libc, lookup));
}

/** Fills `struct statx`; returns the result of statx(2). */
function readStatus(
  path: string | Memory,
  fields: number,
  libc: Libc,
  { fd = AT_FDCWD, followSymlinks = true, flags = 0 }: Lookup = {},
): number {
  const { statx } = libc.symbols;
  const place = libc.addressOf(
    typeof path === "string" ? toCString(path) : path,
  );
  return statx(
    fd,
    place,
    followSymlinks ? flags : flags | AT_SYMLINK_NOFOLLOW,
    fields,
    libc.addressOf(status),
  );
}

/** Returns the device and the inode of the last file. */
function identity(): string {
  const inode = status.getBigUint64(32, true);
  return `${status.getBigUint64(136, true)} ${inode}`;
}

/** Returns the mount of the last file. */
function mount(): bigint {
  return status.getBigUint64(144, true);
}

/** Returns the type of the last file. */
function fileType(): number {
  return status.getUint16(28, true) & S_IFMT;
}
