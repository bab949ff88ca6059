/** Watches and lists one directory of a tree. */

import { OpenDirectory } from "../kernel/directory.ts";
import type { WatchHolder } from "../kernel/add_watch.ts";
import { NOT_FOUND_CODES, type SystemError } from "../kernel/errno.ts";
import type { Libc } from "../kernel/libc.ts";
import { Listing, type Position } from "../kernel/listing.ts";
import { ListingBuilder } from "../kernel/listing_builder.ts";
import { findText } from "../kernel/text_file.ts";
import type { MountTable } from "../kernel/mount_table.ts";
import { swapCase } from "./caseless_directories.ts";
import { type Directory, RootDirectory, UNWATCHED } from "./node.ts";
import type { FoundRules } from "./ignore_files.ts";
import type { Slice } from "./slice.ts";

/** For {@linkcode Scan.since}: no file counts as modified. */
export const SKIP_MODIFIED_CHECK = Infinity;

/** After how many entries, or files, to check whether the slice is over. */
const MANY_ENTRIES = 1000;
const MANY_FILES = 200;

/** Returns whether `error` means that the scanned directory is missing. */
export function isNotFound({ code, syscall }: SystemError): boolean {
  // The open directory was deleted. The event for that may come later.
  if (syscall === "getdents64") return code === "ENOENT";
  return syscall === "open" && NOT_FOUND_CODES.has(code);
}

/** The result of scanning a directory. */
export interface Scan {
  readonly directory: Directory;
  /**
   * The time from which files count as modified, in Unix milliseconds. If the times
   * of the file system are not reliable, all files count. Without this time, none
   * does.
   */
  readonly since: number | undefined;
  /** The watch, or {@linkcode UNWATCHED}. */
  readonly wd: number;
  /** The entries of the directory. */
  readonly listing: Listing;
  /** The modified files, if {@linkcode Scan.since} is set. */
  readonly modified?: ReadonlySet<Position> | undefined;
  /**
   * Whether a file is found by its name in the other case. Undefined without
   * {@linkcode ScanOptions.probesCase}, and if no name has a letter.
   */
  readonly isCaseless?: boolean | undefined;
  /** The rules of its ignore files, if the scope has {@linkcode IgnoreFiles}. */
  readonly rules?: FoundRules | undefined;
  /** The number of its mount, if it is a root or a mount point. */
  readonly mount?: bigint | undefined;
  /** Why the scan failed. */
  readonly error?: SystemError;
}

/** How to scan a directory. */
export interface ScanOptions {
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  /** The events that the watch reports. */
  readonly mask: number;
  readonly since: number | undefined;
  /** The mounted file systems, if {@linkcode Scan.since} is set. */
  readonly mounts?: MountTable | undefined;
  /** Whether to find out if the directory ignores case. */
  readonly probesCase?: boolean;
  /** Whether it is a mount point. By default, the scan of one fails with `EXDEV`. */
  readonly crossesMounts?: boolean;
  /** The time of the current step. */
  readonly slice: Slice;
}

/**
 * Watches and lists `directory`.
 *
 * The directory is opened once. So *the watch and the listing are of one inode*,
 * even if its path changes meanwhile. *The listing begins after the watch.* So a
 * change that is missing in the listing has an event. An event that was queued
 * before the end of the listing may be older than the listing.
 *
 * The caller has to read the queue after the scan, apply the listing, and then apply
 * the events in order. An event that reports what the listing already has is
 * dropped. The last event of a name is always right.
 *
 * Yields at the end of the slice.
 */
export function* scan(
  directory: Directory,
  opener: DirectoryOpener,
  {
    inotify,
    mask,
    since,
    mounts,
    probesCase = false,
    crossesMounts = false,
    slice,
  }: ScanOptions,
): Generator<void, Scan> {
  let wd = UNWATCHED;
  let listing = Listing.EMPTY;
  let mount: bigint | undefined;
  let open: OpenDirectory | undefined;
  try {
    const { libc } = opener;
    open = opener.open(directory, crossesMounts);
    if (directory instanceof RootDirectory) {
      directory.realPath = open.realPath();
    }
    wd = open.watch(inotify, mask);
    if (crossesMounts || directory instanceof RootDirectory) {
      mount = open.mount();
    }
    const builder = new ListingBuilder();
    open.rewind();
    while (open.read(builder)) {
      if (builder.size >= MANY_ENTRIES && slice.isOver) yield;
    }
    while (builder.assemble()) if (slice.isOver) yield;
    listing = builder.build();
    let modified: ReadonlySet<Position> | undefined;
    if (since !== undefined && since !== SKIP_MODIFIED_CHECK) {
      const isReliable = mounts?.hasReliableTimes(mount ?? open.mount());
      const from = isReliable ? since : -Infinity;
      modified = yield* modifiedSince(from, open, listing, slice);
    }
    const isCaseless = probesCase ? probeCase(open, listing) : undefined;
    const rules = readRules(directory, open, libc);
    const found = { modified, isCaseless, rules, mount };
    return { directory, since, wd, listing, ...found };
  } catch (error) {
    const failed = { mount, error: error as SystemError };
    return { directory, since, wd, listing, ...failed };
  } finally {
    open?.[Symbol.dispose]();
  }
}

/**
 * Returns whether a file is found by its name in the other case; undefined if no
 * name has a letter.
 */
function probeCase(
  open: OpenDirectory,
  listing: Listing,
): boolean | undefined {
  for (let at = listing.start; at < listing.end; at = listing.after(at)) {
    const name = listing.nameAt(at);
    const other = swapCase(name);
    if (other === undefined) continue;
    if (!open.has(other)) return false;
    // A file with the other name may have been created after the listing. Comparing
    // inodes would not help: FUSE has another inode for each spelling.
    return open.list().find(other) < 0;
  }
}

/** Reads the ignore files. Called after the watch, so a later change has an event. */
function readRules(
  directory: Directory,
  open: OpenDirectory,
  libc: Libc,
): FoundRules | undefined {
  const reading = directory.root.scope.ignoreFiles?.read(directory);
  if (!reading) return undefined;
  let next = reading.next();
  while (!next.done) {
    const location = next.value;
    next = reading.next(
      location.startsWith("/")
        ? findText(location, libc)
        : open.findText(location),
    );
  }
  return next.value;
}

function* modifiedSince(
  since: number,
  open: OpenDirectory,
  listing: Listing,
  slice: Slice,
): Generator<void, Set<Position>> {
  const modified = new Set<Position>();
  for (let start = listing.start; start < listing.end;) {
    const part = { start, count: MANY_FILES, changed: modified };
    start = open.addChangedSince(since, listing, part);
    if (slice.isOver) yield;
  }
  return modified;
}

/**
 * Opens one directory after the other, each by its name in its parent. The parent
 * stays open for its other directories, because looking up whole paths takes longer.
 */
export class DirectoryOpener implements Disposable {
  readonly libc: Libc;
  /** The parent of the directory that was opened last. */
  #parent: Directory | undefined;
  #base: OpenDirectory | undefined;

  constructor(libc: Libc) {
    this.libc = libc;
  }

  /**
   * Opens `directory`. Follows only the symbolic links that lead to the root of its
   * tree.
   *
   * @throws {SystemError} If it cannot be opened. The error has the path of
   * `directory`, even if a directory above it is missing. The code is `EXDEV` if it
   * is on another mount than its parent, unless `crossesMounts` is set.
   */
  open(directory: Directory, crossesMounts = true): OpenDirectory {
    const { libc } = this;
    const path = directory.currentPath();
    const { parent } = directory;
    if (parent === undefined) {
      const { absolutePath } = directory;
      return new OpenDirectory(libc, absolutePath, { path, follow: "all" });
    }
    const base = this.#open(parent, path);
    const { name } = directory;
    return new OpenDirectory(libc, name, {
      path,
      follow: "none",
      base,
      staysOnMount: !crossesMounts,
    });
  }

  #open(parent: Directory, path: string): OpenDirectory {
    if (this.#base === undefined || this.#parent !== parent) {
      this[Symbol.dispose]();
      this.#base = openAgain(parent, path, this.libc);
      this.#parent = parent;
    }
    return this.#base;
  }

  [Symbol.dispose](): void {
    this.#base?.[Symbol.dispose]();
    this.#base = undefined;
  }
}

/** Opens a directory by its real path, in order to open others in it. */
function openAgain(
  directory: Directory,
  path: string,
  libc: Libc,
): OpenDirectory {
  const { absolutePath, root } = directory;
  const isRoot = directory instanceof RootDirectory;
  const place = isRoot ? root.realPath : absolutePath;
  const options = { path, follow: "none", isBase: true } as const;
  if (place.startsWith("/")) return new OpenDirectory(libc, place, options);
  const base = new OpenDirectory(libc, root.absolutePath, {
    ...options,
    follow: "all",
  });
  if (isRoot) return base;
  using _ = base;
  return new OpenDirectory(libc, absolutePath, { ...options, base });
}
