/** Listing a directory through getdents64(2), without Deno's permission to read. */

import { addWatch, type WatchHolder } from "./add_watch.ts";
import {
  ENOENT,
  NOT_FOUND_CODES,
  type SystemError,
  systemError,
} from "./errno.ts";
import { readLink, rewind } from "./procfs.ts";
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

/** `struct open_how`: flags, mode, resolve. */
const HOW = BigUint64Array.of(0n, 0n, RESOLVE_NO_SYMLINKS);
const HOW_SIZE = BigInt(HOW.byteLength);

// All directories share one buffer: its bytes are added to a listing before the next
// call.
const SIZE = 64n * 1024n;
const buffer = new Uint8Array(Number(SIZE));

/** The name of an entry, as a C string. */
const entryName = new Uint8Array(1024);

/**
 * Which symbolic links on a path to follow: all, those in directories above the last
 * name, or none.
 */
export type Follow = "all" | "parents" | "none";

/** How to open a directory. */
interface OpenDirectoryOptions {
  /** The path in error messages. */
  readonly path: string;
  readonly follow: Follow;
  /** The directory of a relative location, with `follow: "none"`. */
  readonly base?: OpenDirectory | undefined;
  /**
   * Whether to use the directory only for opening others in it. This needs no
   * permission to read it, and causes no event `IN.OPEN`.
   */
  readonly isBase?: boolean;
  /**
   * Whether to fail with `EXDEV` at a mount, with `follow: "none"`. Ignored if the
   * kernel does not have openat2(2).
   */
  readonly staysOnMount?: boolean;
}

/** An open directory. The watch and the listings are of the same inode. */
export class OpenDirectory implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #path: string;
  /** The path by which it was opened, relative to `base`. */
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

  /** Watches it with `inotify` for the events of `mask`; returns the watch. */
  watch(inotify: WatchHolder, mask: number): number {
    const libc = this.#libc;
    const location = pathOfDescriptor(this.#fd);
    try {
      return addWatch({ inotify, location, path: this.#path, mask }, libc);
    } catch (error) {
      // The directory is open, so /proc is missing.
      if (!NOT_FOUND_CODES.has((error as SystemError).code)) throw error;
      return this.#watchByPath(inotify, mask);
    }
  }

  /** Watches the directory by its path, and checks that it is still there. */
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
   * Returns its absolute path without symbolic links. Returns `""` if it has no such
   * path, because it is in another mount namespace, or if /proc is not mounted.
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

  /** Lists the whole directory as it is now, not as it was when it was opened. */
  list(): Listing {
    const builder = new ListingBuilder();
    this.rewind();
    while (this.read(builder));
    return builder.build();
  }

  /**
   * Begins a listing of the directory as it is now. btrfs since Linux 6.5 and tmpfs
   * from 6.6 to 6.13 fix the end of a listing at open(2). A file that is created
   * between open(2) and the watch would be neither listed nor reported. Seeking to
   * the start fixes the end again.
   */
  rewind(): void {
    rewind(this.#fd, this.#path, this.#libc);
  }

  /** Adds the next entries to `builder`; returns `false` if there are no more. */
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
   * Waits for changes of names in it that have begun. When it returns, their events
   * are queued.
   */
  lock(): void {
    const libc = this.#libc;
    // The kernel locks a directory to list it, even if the buffer is too small for
    // any entry.
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
      // If the times are not reliable, every file may have changed.
      if (since > -Infinity) listing.copyNameAt(at, entryName);
      if (since === -Infinity || changedAt() >= since) changed.add(at);
    }
    return at;
  }

  /** Returns the number of its mount. */
  mount(): bigint {
    return mountOf(this.#fd, this.#libc);
  }

  /** Returns which file `name` is in it; with an empty name, which file it is. */
  identityOf(name: string): Identity | undefined {
    return identityIn(this.#fd, name, this.#libc);
  }

  /** Returns the text of the file `name` in it, without following a link. */
  findText(name: string): FoundText {
    // Most directories do not have the file. Making an error takes much longer than
    // this check.
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

  /** Returns whether `name` is found in it, even if a listing spells it otherwise. */
  has(name: string): boolean {
    return existsAt(name, this.#libc, this.#fd);
  }
}

/** Returns the names in the directory at `path`. */
export function namesIn(path: string, libc: Libc): string[] {
  using directory = new OpenDirectory(libc, path, { path, follow: "all" });
  return [...directory.list()].map(([name]) => name);
}

/** Whether the kernel has openat2(2), and no filter of system calls forbids it. */
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
 * Returns whether openat2(2) can be used: it rejects arguments that are wrong. An
 * error about a path would not show this, because the server of a file system may
 * return any error.
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

/** Returns the path in /proc that leads to an open file, as a C string. */
function pathOfDescriptor(fd: number): Memory {
  // A walk has the same number for one directory after the other.
  if (fd !== described) {
    description.set(encodePath(`/proc/self/fd/${fd}`));
    described = fd;
  }
  return description;
}
