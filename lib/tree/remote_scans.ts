/**
 * Scans directories on file systems that may hang. Each scan runs on another
 * thread, while steps continue. Each mount has one scan at a time.
 */

import type { SystemError } from "../kernel/errno.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { Listing, type Position } from "../kernel/listing.ts";
import { IN } from "../kernel/mask.ts";
import { hasRemoteMounts, MountTable } from "../kernel/mount_table.ts";
import type { RemoteCalls } from "../kernel/remote_calls.ts";
import type { RemoteDirectory } from "../kernel/remote_directory.ts";
import { mountAt } from "../kernel/stat.ts";
import { swapCase } from "./caseless_directories.ts";
import type { TreeContext } from "./context.ts";
import { type Directory, RootDirectory, UNWATCHED } from "./node.ts";
import type { FoundRules } from "./ignore_files.ts";
import { type Scan, SKIP_MODIFIED_CHECK } from "./scan.ts";

/** The longest pause between two scans of a directory that always changes. */
const MAX_PAUSE_MS = 1_000;

/** What to find out about a directory. */
interface Wanted {
  readonly since: number | undefined;
  readonly probesCase: boolean;
}

/** A scan that was started, and what happened since. */
interface Run extends Wanted {
  /** The watches whose events were read. */
  readonly watches: Set<number>;
  /** Whether another directory may be at its path. */
  isInvalid: boolean;
}

/** A scan that has ended. */
export interface FinishedScan {
  readonly scan: Scan;
  /** Whether it may be of another directory. */
  readonly isInvalid: boolean;
  /** Whether the directory changed meanwhile. */
  readonly isOutdated: boolean;
}

/** Scans directories on other threads, and knows which ones need it. */
export class RemoteScans {
  readonly #context: TreeContext;
  /** The results for roots and for mounts, which hold for everything below them. */
  readonly #isRemote = new WeakMap<Directory, boolean>();
  #hasAny = false;
  readonly #running = new Map<Directory, Run>();
  /** The last scan of each mount. */
  readonly #last = new WeakMap<Directory, Promise<void>>();
  /** How often in a row a directory has changed while it was scanned. */
  readonly #outdated = new WeakMap<Directory, number>();
  #finished: [run: Run, scan: Scan][] = [];
  /** How many paths are being looked up, and those that were. */
  #lookups = 0;
  #lookedUp: string[] = [];
  #progress = Promise.withResolvers<void>();
  #calls: RemoteCalls | undefined;
  #isClosed = false;
  /** Whether to use other threads at all. */
  isEnabled = true;

  constructor(context: TreeContext) {
    this.#context = context;
  }

  // Which directories need it

  /**
   * Returns whether `directory` is on a file system that may hang. Called for every
   * directory before it is scanned.
   */
  isRemote(directory: Directory): boolean {
    if (!this.isEnabled) return false;
    if (directory instanceof RootDirectory) {
      return this.#isRemoteRoot(directory);
    }
    if (!this.#hasAny) return false;
    if (this.#topOf(directory.parent!)) return true;
    // A mount at the directory itself is noticed when the directory is opened.
    this.#isRemote.delete(directory);
    return false;
  }

  /** Returns what {@linkcode isRemote} returned before the last scan. */
  wasRemote(directory: Directory): boolean {
    return this.#hasAny && this.#topOf(directory) !== undefined;
  }

  /** Returns the number of the mount at `directory`, if that may hang. */
  remoteMountAt(directory: Directory): bigint | undefined {
    if (!this.isEnabled) return undefined;
    const mounts = new MountTable(this.#context.libc);
    const path = directory.absolutePath;
    const isRemote = this.#set(directory, mounts.isRemoteAt(path));
    return isRemote ? mounts.numberAt(path) ?? 0n : undefined;
  }

  #isRemoteRoot(root: RootDirectory): boolean {
    const { libc } = this.#context;
    // Asking again might hang. A local directory can be scanned like this as well.
    if (this.#isRemote.get(root)) return true;
    if (!hasRemoteMounts(libc)) return this.#set(root, false);
    const mount = mountAt(root.absolutePath, libc) ?? 0n;
    const mounts = new MountTable(libc);
    // In another mount namespace, there is no real path for the other thread.
    const isForeign = mount !== 0n && !mounts.has(mount);
    return this.#set(root, !isForeign && mounts.isRemote(mount));
  }

  #set(directory: Directory, isRemote: boolean): boolean {
    this.#isRemote.set(directory, isRemote);
    this.#hasAny ||= isRemote;
    return isRemote;
  }

  #topOf(directory: Directory): Directory | undefined {
    let at: Directory | undefined = directory;
    while (at && !this.#isRemote.has(at)) at = at.parent;
    return at && this.#isRemote.get(at) ? at : undefined;
  }

  // Scans

  /** Resolves when a scan or a lookup has ended; undefined if none is running. */
  get progress(): Promise<void> | undefined {
    const isRunning = this.#running.size > 0 || this.#lookups > 0;
    return isRunning ? this.#progress.promise : undefined;
  }

  /** Returns whether `root` or a directory below it is being scanned. */
  isWithin(root: Directory): boolean {
    return this.#running.keys().some((directory) => directory.isWithin(root));
  }

  /** Starts to scan `directory`. */
  start(directory: Directory, wanted: Wanted): void {
    const running = this.#running.get(directory);
    if (running) {
      running.isInvalid = true;
      return;
    }
    const run: Run = { ...wanted, watches: new Set(), isInvalid: false };
    this.#running.set(directory, run);
    const top = this.#topOf(directory) ?? directory;
    const before = this.#last.get(top) ?? Promise.resolve();
    this.#last.set(top, before.then(() => this.#run(directory, run)));
  }

  /** Whether any scan or lookup has ended. */
  get hasFinished(): boolean {
    return this.#finished.length > 0 || this.#lookedUp.length > 0;
  }

  /** Looks up `path`, so that its server answers before it is needed. */
  async lookUp(path: string): Promise<void> {
    this.#lookups++;
    const { reach } = await import("../kernel/remote_directory.ts");
    await reach([path]);
    this.#lookups--;
    this.#lookedUp.push(path);
    this.#endProgress();
  }

  /** Returns the paths that were looked up since the last call. */
  takeLookedUp(): string[] {
    return this.#lookedUp.splice(0);
  }

  /** Returns the scans that have ended since the last call. */
  takeFinished(): FinishedScan[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished.map(([{ isInvalid, watches }, scan]) => {
      const { directory, wd } = scan;
      const isOutdated = watches.has(wd);
      const count = (this.#outdated.get(directory) ?? 0) + 1;
      this.#outdated.set(directory, isOutdated ? count : 0);
      return { scan, isInvalid, isOutdated };
    });
  }

  /** Records which scans `events` make invalid or outdated. */
  note(
    events: readonly InotifyEvent[],
    changedBy: (event: InotifyEvent) => readonly Directory[],
  ): void {
    const runs = this.#runs();
    if (runs.length === 0) return;
    for (const event of events) {
      const changed = changedBy(event);
      for (const [directory, run] of runs) {
        run.watches.add(event.wd);
        run.isInvalid ||= (event.mask & IN.Q_OVERFLOW) !== 0 ||
          changed.some((each) => directory.isWithin(each));
      }
    }
  }

  /** Records that the file system at `directory` was unmounted. */
  noteUnmounted(directory: Directory): void {
    for (const [each, run] of this.#runs()) {
      run.isInvalid ||= each.isWithin(directory);
    }
  }

  #runs(): (readonly [Directory, Run])[] {
    const finished = this.#finished.map(([run, { directory }]) =>
      [directory, run] as const
    );
    return [...this.#running, ...finished];
  }

  /** Discards all scans. A system call that hangs continues to hang. */
  close(): void {
    this.#isClosed = true;
    this.#finished = [];
    this.#progress.resolve();
    if (this.#running.size === 0) this.#unload();
  }

  async #run(directory: Directory, run: Run): Promise<void> {
    const pause = this.#pauseBefore(directory);
    if (pause > 0) await sleep(pause);
    if (!this.#isClosed) {
      const scan = await this.#scan(directory, run);
      this.#finished.push([run, scan]);
    }
    this.#running.delete(directory);
    if (this.#isClosed && this.#running.size === 0) this.#unload();
    this.#endProgress();
  }

  #endProgress(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }

  #pauseBefore(directory: Directory): number {
    const count = this.#outdated.get(directory) ?? 0;
    return count < 2 ? 0 : Math.min(2 ** count, MAX_PAUSE_MS);
  }

  async #scan(
    directory: Directory,
    { since, probesCase }: Wanted,
  ): Promise<Scan> {
    const { inotify, mask } = this.#context;
    const scan = { directory, since, wd: UNWATCHED, listing: Listing.EMPTY };
    try {
      // Loaded here, because few programs need it.
      const { RemoteCalls } = await import("../kernel/remote_calls.ts");
      const { RemoteDirectory } = await import("../kernel/remote_directory.ts");
      if (this.#isClosed) return scan;
      await using open = await RemoteDirectory.open(
        this.#calls ??= new RemoteCalls(),
        directory.absolutePath,
        {
          path: directory.currentPath(),
          followSymlinks: directory instanceof RootDirectory,
        },
      );
      if (directory instanceof RootDirectory) {
        directory.realPath = open.realPath();
      }
      // After close, another inotify instance may have the same descriptor.
      if (this.#isClosed) return scan;
      const isRoot = directory instanceof RootDirectory;
      const mount = isRoot ? open.mount() : undefined;
      scan.wd = await open.watch(inotify, mask);
      const listing = scan.listing = await open.list();
      const isCaseless = probesCase
        ? await probeCase(open, listing)
        : undefined;
      // The server of the file system has another clock. So all files count as
      // modified.
      const modified = since === undefined || since === SKIP_MODIFIED_CHECK
        ? undefined
        : filesIn(listing);
      const rules = await readRules(directory, open);
      return { ...scan, modified, isCaseless, rules, mount };
    } catch (error) {
      return { ...scan, error: error as SystemError };
    }
  }

  #unload(): void {
    this.#calls?.[Symbol.dispose]();
    this.#calls = undefined;
  }
}

function filesIn(listing: Listing): Set<Position> {
  const files = new Set<Position>();
  for (let at = listing.start; at < listing.end; at = listing.after(at)) {
    if (!listing.isDirectoryAt(at)) files.add(at);
  }
  return files;
}

/**
 * Returns whether a file is found by its name in the other case; undefined if no
 * name has a letter.
 */
async function probeCase(
  open: RemoteDirectory,
  listing: Listing,
): Promise<boolean | undefined> {
  for (let at = listing.start; at < listing.end; at = listing.after(at)) {
    const other = swapCase(listing.nameAt(at));
    if (other === undefined) continue;
    return await open.has(other) && (await open.list()).find(other) < 0;
  }
}

async function readRules(
  directory: Directory,
  open: RemoteDirectory,
): Promise<FoundRules | undefined> {
  const reading = directory.root.scope.ignoreFiles?.read(directory);
  if (!reading) return undefined;
  let next = reading.next();
  while (!next.done) next = reading.next(await open.findText(next.value));
  return next.value;
}

/** Waits without keeping the program running. */
function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    Deno.unrefTimer(setTimeout(resolve, milliseconds));
  });
}
