/** Listing a directory through getdents64(2), without Deno's permission to read. */

import { addWatch, type WatchHolder } from "./inotify.ts";
import {
  ENOENT,
  NOT_FOUND_CODES,
  type SystemError,
  systemError,
} from "./errno.ts";
import { readLink } from "./procfs.ts";
import {
  entriesChangedAt,
  existsAt,
  type Identity,
  identityAt,
  identityIn,
  identityOf,
  isDirectoryAt,
  leadsElsewhere,
  mountOf,
} from "./stat.ts";
import {
  AT_FDCWD,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
  SYS_openat2,
} from "./open_flags.ts";
import type { Libc, Memory } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";
import type { Listing, Position } from "./listing.ts";
import { ListingBuilder } from "./listing_builder.ts";
import { encodePath, joinPath, toCString } from "./byte_path.ts";
import { findOpened, type FoundText, TEXT_FLAGS } from "./text_file.ts";

const FLAGS = O_CLOEXEC | O_DIRECTORY;

const SYS_lseek = Deno.build.arch === "aarch64" ? 62n : 8n;

/** `struct open_how`: flags, mode, resolve. */
const HOW = BigUint64Array.of(0n, 0n, RESOLVE_NO_SYMLINKS);
const HOW_SIZE = BigInt(HOW.byteLength);

// What is read is added to a listing before the next call.
const SIZE = 64n * 1024n;
const buffer = new Uint8Array(Number(SIZE));

/** The name of an entry, as a C string. */
const entryName = new Uint8Array(1024);

/** Which symbolic links on a path are followed: all, all but its last name, none. */
export type Follow = "all" | "parents" | "none";

/** How to open a directory. */
interface OpenDirectoryOptions {
  /** What errors call it. */
  readonly path: string;
  readonly follow: Follow;
  /** Where a relative location counts from, with `follow: "none"`. */
  readonly base?: OpenDirectory | undefined;
  /**
   * Whether it is only to open others in it. To read it need not be allowed
   * then, and whoever watches it is not told that it was opened.
   */
  readonly isBase?: boolean;
  /**
   * Whether to fail with `EXDEV` at a mount, with `follow: "none"`. Without
   * openat2(2) it is ignored.
   */
  readonly staysOnMount?: boolean;
}

/** An open directory, to be watched and listed as the one inode that it is. */
export class OpenDirectory implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #path: string;
  /** The path by which it was opened, from `base` on. */
  readonly #location: string;
  readonly #base: OpenDirectory | undefined;

  constructor(
    libc: Libc,
    location: string,
    { path, follow, base, isBase = false, staysOnMount = false }:
      OpenDirectoryOptions,
  ) {
    this.#libc = libc;
    this.#path = path;
    this.#location = location;
    this.#base = base;
    const flags = isBase ? FLAGS | O_PATH : FLAGS;
    try {
      this.#fd = follow === "none"
        ? openWithoutLinks(location, {
          path,
          base: base ? base.#fd : AT_FDCWD,
          flags,
          resolve: staysOnMount
            ? RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV
            : RESOLVE_NO_SYMLINKS,
          libc,
        })
        : open(location, path, {
          flags: follow === "all" ? flags : flags | O_NOFOLLOW,
          libc,
        });
    } catch (error) {
      throw explainLimit(error as SystemError, libc);
    }
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#fd);
  }

  /** Adds it to the inotify instance `inotify`, for the events of `mask`. */
  watch(inotify: WatchHolder, mask: number): number {
    const libc = this.#libc;
    const location = pathOfDescriptor(this.#fd);
    try {
      return addWatch({ inotify, location, path: this.#path, mask }, libc);
    } catch (error) {
      // It is open. So it is /proc that is missing.
      if (!NOT_FOUND_CODES.has((error as SystemError).code)) throw error;
      return this.#watchByPath(inotify, mask);
    }
  }

  /** The same by its path, where it may not be any more. */
  #watchByPath(inotify: WatchHolder, mask: number): number {
    const libc = this.#libc;
    const path = this.#absolutePath;
    const isThere = () => identityAt(path, libc) === identityOf(this.#fd, libc);
    if (isThere()) {
      const location = toCString(path);
      const wd = addWatch({ inotify, location, path: this.#path, mask }, libc);
      if (isThere()) return wd;
    }
    throw systemError(ENOENT, "open", this.#path);
  }

  get #absolutePath(): string {
    if (this.#base === undefined) return this.#location;
    return joinPath(this.#base.#absolutePath, this.#location);
  }

  /**
   * Its absolute path, without any symbolic link; `""` where none leads to it,
   * as out of one mount namespace into another, or if none is known without
   * /proc.
   */
  realPath(): string {
    const libc = this.#libc;
    const link = `/proc/self/fd/${this.#fd}`;
    let text: string;
    try {
      text = readLink(link, libc);
    } catch (error) {
      if (NOT_FOUND_CODES.has((error as SystemError).code)) return "";
      throw error;
    }
    return leadsElsewhere(link, text, libc) ? "" : text;
  }

  /**
   * Lists the whole directory: all that is there when this is called, however
   * long ago it was opened.
   */
  list(): Listing {
    const builder = new ListingBuilder();
    this.rewind();
    while (this.read(builder));
    return builder.build();
  }

  /**
   * Begins a listing of what is there now. btrfs since Linux 6.5 and tmpfs from
   * 6.6 to 6.13 fix the end of a listing at open(2): a file that is made between
   * that and the watch would be in neither. A rewind to the start fixes it anew.
   */
  rewind(): void {
    const libc = this.#libc;
    libc.check(
      () => libc.symbols.syscall(SYS_lseek, this.#fd, null, null, 0n),
      "lseek",
      this.#path,
    );
  }

  /** Adds the next entries to `builder`; `false` if there are no more. */
  read(builder: ListingBuilder): boolean {
    const libc = this.#libc;
    const { getdents64 } = libc.symbols;
    const address = libc.addressOf(buffer);
    const length = libc.check(
      () => getdents64(this.#fd, address, SIZE),
      "getdents64",
      this.#path,
    );
    builder.add(buffer, length, (name) => {
      entryName.set(name);
      return isDirectoryAt(entryName, libc, this.#fd) === true;
    });
    return length > 0;
  }

  /** Returns whether `name` in it is a directory; undefined if it is missing. */
  isDirectoryAt(name: string): boolean | undefined {
    return isDirectoryAt(name, this.#libc, this.#fd);
  }

  /**
   * Waits until changes of names in it that have begun are over, and have queued
   * their events.
   */
  lock(): void {
    const libc = this.#libc;
    // The kernel locks it to list it, even if nothing is to be returned.
    libc.symbols.getdents64(this.#fd, libc.addressOf(buffer), 1n);
  }

  /**
   * Adds to `changed` the files of `listing` that changed at the time `since`, in
   * Unix milliseconds, or later. Looks at up to `count` entries from `start` on,
   * and returns the next one.
   */
  addChangedSince(
    since: number,
    listing: Listing,
    { start, count, changed }: {
      start: Position;
      count: number;
      changed: Set<Position>;
    },
  ): Position {
    const changedAt = entriesChangedAt(this.#fd, entryName, this.#libc);
    let at = start;
    for (; at < listing.end && count > 0; at = listing.after(at), count--) {
      if (listing.isDirectoryAt(at)) continue;
      // Where times say nothing, every file may have changed.
      if (since > -Infinity) listing.copyNameAt(at, entryName);
      if (since === -Infinity || changedAt() >= since) changed.add(at);
    }
    return at;
  }

  /** The number of its mount. */
  mount(): bigint {
    return mountOf(this.#fd, this.#libc);
  }

  /** Which file `name` is in it; with an empty name, which it is itself. */
  identityOf(name: string): Identity | undefined {
    return identityIn(this.#fd, name, this.#libc);
  }

  /** Returns what `name` is in it, without following a link. */
  findText(name: string): FoundText {
    // In most directories it is missing, and an error takes much longer.
    if (!this.has(name)) return undefined;
    const path = joinPath(this.#path, name);
    const options = {
      path,
      base: this.#fd,
      flags: TEXT_FLAGS,
      resolve: RESOLVE_NO_SYMLINKS,
      operation: "read",
      libc: this.#libc,
    };
    return findOpened(() => openWithoutLinks(name, options), path, this.#libc);
  }

  /** Whether `name` leads to an entry of it, whatever a listing calls that. */
  has(name: string): boolean {
    return existsAt(name, this.#libc, this.#fd);
  }
}

/** The names in the directory at `path`. */
export function namesIn(path: string, libc: Libc): string[] {
  using directory = new OpenDirectory(libc, path, { path, follow: "all" });
  return [...directory.list()].map(([name]) => name);
}

/** Whether the kernel knows openat2(2), and nobody forbids it. */
let hasOpenat2 = true;

function openWithoutLinks(
  location: string,
  { path, base, flags, resolve, operation, libc }: {
    path: string;
    base: number;
    flags: number;
    resolve: bigint;
    operation?: string | undefined;
    libc: Libc;
  },
): number {
  if (hasOpenat2) {
    try {
      return openat2(location, { path, base, flags, resolve, operation, libc });
    } catch (error) {
      if (supportsOpenat2(libc)) throw error;
      hasOpenat2 = false;
    }
  }
  const place = base === AT_FDCWD
    ? location
    : joinPath(`/proc/self/fd/${base}`, location);
  return open(place, path, { flags: flags | O_NOFOLLOW, operation, libc });
}

/**
 * Whether openat2(2) gets as far as to find fault with its arguments. Of errors
 * about a path nobody can tell: whoever serves a file system may give them all.
 */
function supportsOpenat2(libc: Libc): boolean {
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
  {
    path,
    base = AT_FDCWD,
    flags = FLAGS,
    resolve = RESOLVE_NO_SYMLINKS,
    size = HOW_SIZE,
    operation = "open",
    libc,
  }: {
    path: string;
    base?: number;
    flags?: number;
    resolve?: bigint;
    size?: bigint;
    operation?: string | undefined;
    libc: Libc;
  },
): number {
  const { syscall } = libc.symbols;
  const address = libc.addressOf(toCString(location));
  const how = libc.addressOf(HOW);
  HOW[0] = BigInt(flags);
  HOW[2] = resolve;
  return libc.check(
    () => syscall(SYS_openat2, base, address, how, size),
    operation,
    path,
  );
}

function open(
  location: string,
  path: string,
  { flags, operation = "open", libc }: {
    flags: number;
    operation?: string | undefined;
    libc: Libc;
  },
): number {
  const address = libc.addressOf(toCString(location));
  return libc.check(() => libc.symbols.open(address, flags), operation, path);
}

let described = -1;
const description = new Uint8Array(64);

/** The path by which an open file can be looked up, as a C string. */
function pathOfDescriptor(fd: number): Memory {
  // In a walk it is the same number again and again.
  if (fd !== described) {
    description.set(encodePath(`/proc/self/fd/${fd}`));
    described = fd;
  }
  return description;
}
