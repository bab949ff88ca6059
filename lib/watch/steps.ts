/**
 * The steps of a watcher. Each step scans a few directories, reads the kernel's
 * queue once, and hands each event to the given paths and then to the trees. Steps
 * do not wait.
 */

import { ClockMonitor } from "../kernel/clock.ts";
import type { InotifySource } from "../kernel/inotify.ts";
import type { InotifyEvent } from "../kernel/inotify_event.ts";
import { IN, READING } from "../kernel/mask.ts";
import type { Roots } from "../roots/roots.ts";
import type { RootDirectory } from "../tree/node.ts";
import type { Slice } from "../tree/slice.ts";
import type { TreeWatcher } from "../tree/tree_watcher.ts";
import type { MountChanges } from "./mount_changes.ts";

/** Options of {@linkcode Steps}. */
export interface StepsOptions {
  readonly inotify: Pick<
    InotifySource,
    "readExcept" | "isBehind" | "position" | "end"
  >;
  readonly roots: Roots;
  readonly treeWatcher: TreeWatcher;
  readonly mounts: MountChanges;
  /** The time of the current step. */
  readonly slice: Slice;
  /** Whether the consumer has as many events as it may. */
  readonly isFull: () => boolean;
}

/** How much the time stamps of files lag behind the clock, in milliseconds. */
const CLOCK_TICK_MS = 10;

/**
 * How many bytes of events to read ahead while a step takes many slices. Further
 * events stay in the kernel's queue. If the queue is full, the kernel drops events.
 */
const MAX_READ_AHEAD = 8 * 1024 * 1024;

/** How long to wait at most before things are looked up, in milliseconds. */
const MAX_UNSETTLED_MS = 100;

/** Runs the steps of a watcher. */
export class Steps {
  readonly #options: StepsOptions;
  /** The step that continues in the next slice. */
  #working: Generator<void, boolean> | undefined;
  /** The events that were read since this step began. */
  #pending: InotifyEvent[] = [];
  /** The position of the first of these events in the stream of all events. */
  #pendingFrom = 0;
  /** Since when there is anything to look up. */
  #unsettledSince: number | undefined;
  /** When the queue was last found empty, in Unix milliseconds. */
  #emptyAt = Date.now();
  readonly #clock = new ClockMonitor();

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** Whether there is anything to do, even if no event comes. */
  get isBusy(): boolean {
    return this.#working !== undefined || this.#pending.length > 0 ||
      this.#options.treeWatcher.isBusy || this.#options.roots.isBusy ||
      this.#options.mounts.isPending;
  }

  /** Returns whether anything below `root` still has to be scanned. */
  isScanning(root: RootDirectory): boolean {
    return this.#working !== undefined ||
      this.#options.treeWatcher.isScanning(root);
  }

  /** Ends a step that would continue in the next slice. */
  close(): void {
    this.#working?.return(false);
    this.#working = undefined;
  }

  /** Runs a step or a slice of it; returns `false` if there is nothing left to do. */
  run(): boolean {
    this.#options.slice.begin();
    // The kernel's queue must not overflow while a step takes many slices.
    if (this.#working && this.#mayReadAhead) this.#readAhead();
    const working = this.#working ?? this.#step();
    this.#working = undefined;
    const { done, value } = working.next();
    if (done) return value;
    this.#working = working;
    return true;
  }

  *#step(): Generator<void, boolean> {
    const { inotify, mounts, roots, treeWatcher, slice, isFull } =
      this.#options;
    const isProbing = this.#isTimeToProbe();
    if (isProbing) treeWatcher.probe();
    const { scans, files } = yield* treeWatcher.scan();
    for (const file of files) roots.check(file);
    const events = yield* this.#read(isProbing || scans.length > 0);
    const rootsAt = (event: InotifyEvent) => roots.rootsAt(event);
    const failed = yield* treeWatcher.applyScans(scans, events, rootsAt);
    for (const { root, error } of failed.lost) roots.lost(root, error);
    for (const root of failed.denied) roots.denied(root);
    let count = 0;
    for (const event of events) {
      if (++count % 64 === 0 && (slice.isOver || isFull())) yield;
      while (treeWatcher.prepare(event)) if (slice.isOver) yield;
      // The kernel changes the mounts first.
      if (event.mask & IN.UNMOUNT) mounts.look();
      roots.take(event);
      if (event.mask & IN.Q_OVERFLOW) this.#overflow();
      else treeWatcher.take(event);
    }
    const isEmpty = events.length === 0 && this.#pending.length === 0 &&
      !inotify.isBehind;
    if (isEmpty) roots.foundEmpty();
    const isCaughtUp = this.#pending.length === 0 && !inotify.isBehind;
    if (isCaughtUp && mounts.isPending) this.#remount();
    for (const root of treeWatcher.leaveUnmounted()) roots.unmounted(root);
    if (isCaughtUp || !mounts.isPending) roots.tookAll();
    if (isProbing) treeWatcher.settle();
    yield* treeWatcher.finish();
    return !isEmpty || this.isBusy;
  }

  /** Follows the changes of mounts. */
  #remount(): void {
    const { mounts, roots, treeWatcher } = this.#options;
    for (const path of mounts.takePaths()) treeWatcher.recheckMount(path);
    const change = mounts.take();
    if (!change) return;
    treeWatcher.compareMounts(change.before, change.now);
    for (const root of treeWatcher.leaveUnmounted()) roots.unmounted(root);
    roots.remounted(change.paths);
  }

  /** Returns whether to look things up now. */
  #isTimeToProbe(): boolean {
    const { inotify, treeWatcher } = this.#options;
    if (!treeWatcher.isUnsettled) {
      this.#unsettledSince = undefined;
      return false;
    }
    // Events that are queued may make it unnecessary. But a writer that is as fast
    // as the watcher never lets the queue become empty.
    const now = performance.now();
    const since = this.#unsettledSince ??= now;
    const isCaughtUp = this.#pending.length === 0 && !inotify.isBehind;
    if (!isCaughtUp && now - since < MAX_UNSETTLED_MS) return false;
    this.#unsettledSince = undefined;
    return true;
  }

  /** Returns the next events; with `all`, every event that is queued by now. */
  *#read(all: boolean): Generator<void, InotifyEvent[]> {
    const { inotify, slice } = this.#options;
    const date = Date.now();
    this.#readAhead();
    if (all && inotify.isBehind) {
      const end = inotify.end();
      while (inotify.position < end) {
        if (slice.isOver) yield;
        this.#readAhead();
      }
    }
    const events = this.#pending;
    this.#pending = [];
    this.#pendingFrom = inotify.position;
    if (events.length === 0 && !inotify.isBehind) {
      this.#emptyAt = date;
      this.#clock.restart();
    }
    return events;
  }

  get #mayReadAhead(): boolean {
    const { position } = this.#options.inotify;
    return position - this.#pendingFrom < MAX_READ_AHEAD;
  }

  #readAhead(): void {
    const { inotify, treeWatcher } = this.#options;
    // A walk opens every directory, and nobody has to know.
    const ignored = treeWatcher.isSilent ? READING | IN.ISDIR : 0;
    const events = inotify.readExcept(ignored);
    if (this.#pending.length === 0) this.#pending = events;
    else for (const event of events) this.#pending.push(event);
  }

  #overflow(): void {
    const { roots, treeWatcher } = this.#options;
    // If the clock was set, no time of change can be compared with it.
    const since = this.#clock.wasSet
      ? -Infinity
      : this.#emptyAt - CLOCK_TICK_MS;
    treeWatcher.overflow(since);
    roots.recheck(since);
  }
}
