/** One look at one directory of a tree: its watch, and what is in it. */

import { OpenDirectory } from "../kernel/directory.ts";
import type { WatchHolder } from "../kernel/inotify.ts";
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

/** To look at the clock is worth it only after so many entries, or files. */
const MANY_ENTRIES = 1000;
const MANY_FILES = 200;

/** Whether `error` says that the directory which was scanned is not there. */
export function isNotFound({ code, syscall }: SystemError): boolean {
  // It is deleted, and that may be known sooner than the event for it comes.
  if (syscall === "getdents64") return code === "ENOENT";
  return syscall === "open" && NOT_FOUND_CODES.has(code);
}

/** What scanning a directory brought. */
export interface Scan {
  readonly directory: Directory;
  /**
   * Files changed at this time, in Unix milliseconds, or later are modified, and
   * all files where times say nothing; without it, none is.
   */
  readonly since: number | undefined;
  /** The watch, or {@linkcode UNWATCHED}. */
  readonly wd: number;
  /** What is in it. */
  readonly listing: Listing;
  /** The files in it that are modified, if {@linkcode Scan.since} asks. */
  readonly modified?: ReadonlySet<Position> | undefined;
  /**
   * Whether a file answers to its name in other letters, if
   * {@linkcode ScanOptions.probesCase} asks for that and there is any letter.
   */
  readonly isCaseless?: boolean | undefined;
  /** What files in it say about its entries, if the scope asks for that. */
  readonly rules?: FoundRules | undefined;
  /** Why it failed. */
  readonly error?: SystemError;
}

/** Where and for what to watch. */
export interface ScanOptions {
  /** The inotify instance. */
  readonly inotify: WatchHolder;
  readonly mask: number;
  readonly since: number | undefined;
  /** Which file systems there are, if {@linkcode Scan.since} asks for files. */
  readonly mounts?: MountTable | undefined;
  /** Whether to find out if the directory tells upper from lower case. */
  readonly probesCase?: boolean;
  /** Whether to open it even if another file system is mounted there. */
  readonly crossesMounts?: boolean;
  /** Of a large directory it takes several. */
  readonly slice: Slice;
}

/**
 * Watches and lists `directory`, which it opens once.
 *
 * What every user of a scan relies on: *watch and listing are of one inode*,
 * whatever happens to the path meanwhile, and *the listing begins after the
 * watch*. So a change that the listing lacks comes as an event, and an event
 * that was queued before the end of the listing says nothing newer than it.
 * Whoever applies the listing has to read the queue after the scan, apply the
 * listing, and then those events in their order. An event of a name that the
 * listing has changed since is dropped if it says what is known, and the last
 * event of a name is right in any case.
 *
 * Yields when the slice is over.
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
    crossesMounts = true,
    slice,
  }: ScanOptions,
): Generator<void, Scan> {
  let wd = UNWATCHED;
  let listing = Listing.EMPTY;
  let open: OpenDirectory | undefined;
  try {
    const { libc } = opener;
    open = opener.open(directory, crossesMounts);
    if (directory instanceof RootDirectory) {
      directory.realPath = open.realPath();
    }
    wd = open.watch(inotify, mask);
    const builder = new ListingBuilder();
    open.rewind();
    while (open.read(builder)) {
      if (builder.size >= MANY_ENTRIES && slice.isOver) yield;
    }
    while (builder.assemble()) if (slice.isOver) yield;
    listing = builder.build();
    let modified: ReadonlySet<Position> | undefined;
    if (since !== undefined && since !== SKIP_MODIFIED_CHECK) {
      const isReliable = mounts?.hasReliableTimes(open.mount());
      const from = isReliable ? since : -Infinity;
      modified = yield* modifiedSince(from, open, listing, slice);
    }
    const isCaseless = probesCase ? probeCase(open, listing) : undefined;
    const rules = readRules(directory, open, libc);
    return { directory, since, wd, listing, modified, isCaseless, rules };
  } catch (error) {
    return { directory, since, wd, listing, error: error as SystemError };
  } finally {
    open?.[Symbol.dispose]();
  }
}

/** Whether a file answers to its name in other letters, if any has a letter. */
function probeCase(
  open: OpenDirectory,
  listing: Listing,
): boolean | undefined {
  for (let at = listing.start; at < listing.end; at = listing.after(at)) {
    const name = listing.nameAt(at);
    const other = swapCase(name);
    if (other === undefined) continue;
    if (!open.has(other)) return false;
    // It may have come after it was listed. Inodes would not tell: FUSE has
    // another one for each spelling.
    return open.list().find(other) < 0;
  }
}

/** After the listing, so that a change that comes too late has an event. */
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
 * Opens one directory after the other, each by its name in the one above. That
 * stays open for those beside it: to look up whole paths takes longer.
 */
export class DirectoryOpener implements Disposable {
  readonly libc: Libc;
  /** The directory above the last one. */
  #parent: Directory | undefined;
  #base: OpenDirectory | undefined;

  constructor(libc: Libc) {
    this.libc = libc;
  }

  /**
   * Opens `directory` without following any link, but for those that lead to
   * the root of its tree.
   *
   * @throws {SystemError} With the path of `directory`, whatever is missing;
   * `EXDEV` if it is in another mount than its parent, unless `crossesMounts`.
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

/** Opens a directory by the path on which it was found, to open others in it. */
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
