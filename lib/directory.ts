/** Listing a directory through getdents64(2), without Deno's permission to read. */

import { addWatch } from "./add_watch.ts";
import { decodeEntries, DT } from "./entry.ts";
import { type SystemError, VANISHED } from "./errors.ts";
import { readLink } from "./files.ts";
import type { Libc } from "./libc.ts";
import { explainLimit } from "./limits.ts";
import { encodePath, joinPath, toCString } from "./path.ts";

const O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_TYPE = 0x1;
const STATX_CTIME = 0x80;
const STATX_INO = 0x100;
const STATX_MNT_ID = 0x1000;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

// Two flags of open(2) whose numbers depend on the architecture.
const [O_DIRECTORY, O_NOFOLLOW] = Deno.build.arch === "aarch64"
  ? [0o40000, 0o100000]
  : [0o200000, 0o400000];

const FLAGS = O_CLOEXEC | O_DIRECTORY;
const FLAGS_FOR = { all: FLAGS, parents: FLAGS | O_NOFOLLOW };

// The same on every architecture, as all system calls that are so new.
const SYS_openat2 = 437n;
const RESOLVE_NO_SYMLINKS = 4n;

/** `struct open_how`: flags, mode, resolve. */
const HOW = BigUint64Array.of(BigInt(FLAGS), 0n, RESOLVE_NO_SYMLINKS);
const HOW_SIZE = BigInt(HOW.byteLength);

// Some file systems keep whole seconds, and FAT only every other one: a change
// was within this many milliseconds.
const COARSE = 2000;

// A listing is decoded before the next one begins, as with events.
const SIZE = 64n * 1024n;
const buffer = new Uint8Array(Number(SIZE));
const status = new DataView(new ArrayBuffer(256));

/** What is in an empty directory, as most are. */
export const NONE: ReadonlyMap<string, boolean> = new Map();

/** Which symbolic links on a path are followed: all, all but its last name, none. */
export type Follow = "all" | "parents" | "none";

/** How to open a directory. */
export interface OpenDirectoryOptions {
  /** What errors call it. */
  readonly path: string;
  readonly follow: Follow;
  /** Where a relative location counts from, with `follow: "none"`. */
  readonly base?: OpenDirectory | undefined;
}

/** An open directory, to be watched and listed as the one inode that it is. */
export class OpenDirectory implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #path: string;

  constructor(
    libc: Libc,
    location: string,
    { path, follow, base }: OpenDirectoryOptions,
  ) {
    this.#libc = libc;
    this.#path = path;
    try {
      this.#fd = follow === "none"
        ? openWithoutLinks(location, {
          path,
          base: base ? base.#fd : AT_FDCWD,
          libc,
        })
        : open(location, path, { flags: FLAGS_FOR[follow], libc });
    } catch (error) {
      throw explainLimit(error as SystemError, libc);
    }
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#fd);
  }

  /** Adds it to the inotify instance `inotify`, for the events of `mask`. */
  watch(inotify: number, mask: number): number {
    const location = pathOfDescriptor(this.#fd);
    return addWatch({ inotify, location, path: this.#path, mask }, this.#libc);
  }

  /**
   * Its absolute path, without any symbolic link; `""` where none leads to it,
   * as out of one mount namespace into another.
   */
  realPath(): string {
    const libc = this.#libc;
    const link = `/proc/self/fd/${this.#fd}`;
    const text = readLink(link, libc);
    return leadsElsewhere(link, text, libc) ? "" : text;
  }

  /** The names in it, and of each whether it is a directory. */
  list(): ReadonlyMap<string, boolean> {
    const libc = this.#libc;
    let entries: Map<string, boolean> | undefined;
    for (;;) {
      const end = libc.check(
        libc.symbols.getdents64(this.#fd, buffer, SIZE),
        "getdents64",
        this.#path,
      );
      if (end === 0) return entries ?? NONE;
      decodeEntries(buffer.subarray(0, end), (name, type) => {
        const isDirectory = type === DT.UNKNOWN
          ? this.#isDirectory(name)
          : type === DT.DIR;
        entries ??= new Map();
        entries.set(name, isDirectory);
      });
    }
  }

  /** When the entry `name` last changed, in milliseconds of Unix time. */
  changedAt(name: string): number {
    return changedAt(name, this.#libc, this.#fd);
  }

  #isDirectory(name: string): boolean {
    return findStatus(name, STATX_TYPE, this.#libc, this.#fd) &&
      (status.getUint16(28, true) & S_IFMT) === S_IFDIR;
  }
}

/** Whether the kernel knows openat2(2), and nobody forbids it. */
let hasOpenat2 = true;

function openWithoutLinks(
  location: string,
  { path, base, libc }: { path: string; base: number; libc: Libc },
): number {
  if (hasOpenat2) {
    try {
      return openat2(location, { path, base, libc });
    } catch (error) {
      if (answersOpenat2(libc)) throw error;
      hasOpenat2 = false;
    }
  }
  const place = base === AT_FDCWD
    ? location
    : joinPath(`/proc/self/fd/${base}`, location);
  return open(place, path, { flags: FLAGS_FOR.parents, libc });
}

/**
 * Whether openat2(2) gets as far as to find fault with its arguments. Of errors
 * about a path nobody can tell: whoever serves a file system may give them all.
 */
function answersOpenat2(libc: Libc): boolean {
  try {
    openat2("/", { path: "/", size: 0n, libc });
    return true;
  } catch (error) {
    const { code } = error as SystemError;
    return code !== "ENOSYS" && code !== "EPERM";
  }
}

function openat2(
  location: string,
  { path, base = AT_FDCWD, size = HOW_SIZE, libc }: {
    path: string;
    base?: number;
    size?: bigint;
    libc: Libc;
  },
): number {
  const { syscall } = libc.symbols;
  const bytes = toCString(location);
  const fd = syscall(SYS_openat2, BigInt(base), bytes, HOW, size);
  return libc.check(fd, "open", path);
}

function open(
  location: string,
  path: string,
  { flags, libc }: { flags: number; libc: Libc },
): number {
  const fd = libc.symbols.open(toCString(location), flags);
  return libc.check(fd, "open", path);
}

let described = -1;
let description = encodePath("");

/** The path by which an open file can be looked up, as a C string. */
function pathOfDescriptor(fd: number): Uint8Array<ArrayBuffer> {
  // In a walk it is the same number again and again.
  if (fd !== described) {
    description = encodePath(`/proc/self/fd/${fd}`);
    described = fd;
  }
  return description;
}

/**
 * When the file at `path`, which counts from the directory `fd` if it is
 * relative, last changed at the latest, in milliseconds of Unix time:
 * `-Infinity` if there is none, and `Infinity` if nothing can be known of it.
 */
export function changedAt(path: string, libc: Libc, fd = AT_FDCWD): number {
  try {
    if (!findStatus(path, STATX_CTIME, libc, fd)) return -Infinity;
  } catch {
    return Infinity;
  }
  const seconds = Number(status.getBigInt64(96, true));
  const nanoseconds = status.getUint32(104, true);
  return seconds * 1000 + (nanoseconds === 0 ? COARSE : nanoseconds / 1e6);
}

/** What tells the file at `path` from all others; undefined where none is. */
export function identityAt(path: string, libc: Libc): string | undefined {
  return readStatus(path, STATX_INO, libc) === 0 ? identity() : undefined;
}

/** The device and the inode that `struct statx` is about. */
function identity(): string {
  const inode = status.getBigUint64(32, true);
  return `${status.getBigUint64(136, true)} ${inode}`;
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
  return readStatus(path, fields, libc) === 0
    ? `${identity()} ${status.getBigUint64(144, true)}`
    : undefined;
}

/** Whether what is open as `fd` is a regular file. */
export function isRegularFile(fd: number, libc: Libc): boolean {
  return readStatus(`/proc/self/fd/${fd}`, STATX_TYPE, libc) === 0 &&
    (status.getUint16(28, true) & S_IFMT) === S_IFREG;
}

/** The mount that `path` is in; 0 where the kernel does not say. */
export function mountAt(path: string, libc: Libc): bigint | undefined {
  return readStatus(path, STATX_MNT_ID, libc) === 0
    ? status.getBigUint64(144, true)
    : undefined;
}

/** @throws {SystemError} If there is nothing at `path`. */
export function assertExists(path: string, libc: Libc): void {
  libc.check(readStatus(path, 0, libc), "statx", path);
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
  fd: number,
): boolean {
  try {
    libc.check(readStatus(path, fields, libc, fd), "statx", path);
    return true;
  } catch (error) {
    if (VANISHED.has((error as SystemError).code)) return false;
    throw error;
  }
}

/** Fills `struct statx`; returns what statx(2) does. */
function readStatus(
  path: string,
  fields: number,
  libc: Libc,
  fd = AT_FDCWD,
): number {
  const flags = fd === AT_FDCWD ? 0 : AT_SYMLINK_NOFOLLOW;
  return libc.symbols.statx(fd, toCString(path), flags, fields, status);
}
