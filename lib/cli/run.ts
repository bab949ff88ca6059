/** Passes events from a source to a sink until there is a reason to end. */

import { MAX_TIMEOUT_MS, withTimeout } from "../watch/timeout.ts";
import type { Options } from "./arguments/options.ts";
import { onInputClosed, onReaderGone, ownsProcess } from "./stdio.ts";
import { killAtSecondInterrupt, onInterrupt } from "./signals.ts";
import type { ExitStatus, Reason, Sink, Source } from "./source.ts";

/**
 * How long to wait for the last events, in milliseconds. Only a file system that
 * hangs, or an overloaded machine, needs that long.
 */
const LAST_EVENTS_TIMEOUT_MS = 2000;

/** Options of {@linkcode run}. */
export interface FollowOptions extends Pick<Options, "count" | "timeout"> {
  /** Whether to end when standard input is closed. */
  readonly untilEof?: boolean;
  /** Whether the timeout is the total time, which no event extends. */
  readonly isTotal?: boolean;
  /** Whether the events go to standard output. */
  readonly writesStdout?: boolean;
  /** Called with notes for the user. */
  readonly notes: (text: string) => void;
  /** Whether signals are handled elsewhere, so that none kills the process. */
  readonly survivesSignals?: boolean;
  /** Called when the paths are watched. */
  readonly ready?: () => void;
  /** Returns further notes; the start does not wait for them. */
  readonly remarks?: () => Promise<readonly string[]>;
}

/**
 * Passes the events of the source to `sink`. Ends when nothing is left to watch,
 * after a signal, and by `--count` and `--timeout`. With `writesStdout` it also
 * ends when nobody reads standard output any more. Returns the exit status.
 */
export async function run<T>(
  open: (signal: AbortSignal) => Promise<Source<T>>,
  sink: Sink<T>,
  {
    count,
    timeout,
    isTotal = false,
    untilEof = false,
    writesStdout = false,
    survivesSignals = false,
    notes,
    ready,
    remarks,
  }: FollowOptions,
): Promise<ExitStatus> {
  const ending = new AbortController();
  const { signal } = ending;
  const end = (reason: Reason | Error) => ending.abort(reason);
  let opened: Source<T> | undefined;
  // Changes from before the signal are still reported.
  using _listening = onInterrupt((reason) =>
    settled(opened).then(() => end(reason))
  );
  using _killing = survivesSignals || !ownsProcess()
    ? undefined
    : killAtSecondInterrupt();
  await using _reading = writesStdout
    ? onReaderGone(() => end({ status: 0 }))
    : undefined;
  await using _input = untilEof
    ? onInputClosed(() => end({ status: 0 }))
    : undefined;
  // Runs while the source opens, because opening a large tree takes time and may fail.
  const remarked = remarks?.().then((texts) => {
    for (const text of texts) notes(text);
  });
  let taken = 0;
  try {
    await using source = await open(signal);
    opened = source;
    // After `ready()`, no terminal may be left to print them to.
    if (ready) await remarked;
    ready?.();
    const { subject } = source;
    for (const text of source.notes ?? [`Watching ${subject}`]) notes(text);
    await remarked;
    await sink.begin?.(source, end);
    using deadline = new Deadline(
      timeout,
      () => end({ status: isTotal && taken > 0 ? 0 : 2 }),
    );
    for await (const batch of source.batches()) {
      const events: T[] = [];
      for (const event of batch) {
        if (taken === count) break;
        events.push(event);
        if (source.counts?.(event) ?? true) taken++;
      }
      // The time that the sink takes does not count as time without an event.
      if (!isTotal) deadline.pause();
      await sink.take(events);
      if (taken === count) break;
      if (!isTotal) deadline.renew();
    }
  } catch (error) {
    // If it is ended before it watches, `open()` throws the reason.
    if (error !== signal.reason) throw error;
  } finally {
    // The remarks may wait for a server that does not answer.
    if (!signal.aborted) await remarked;
  }
  if (signal.reason instanceof Error) throw signal.reason;
  const status = await sink.end?.();
  const reason: Reason = signal.aborted
    ? signal.reason
    : taken === count
    ? { status: 0 }
    : { status: taken > 0 ? 0 : 1, note: "Nothing is left to watch" };
  if (reason.note) notes(reason.note);
  return status ?? reason.status;
}

/** Resolves when all earlier changes are reported, or after a short time. */
async function settled(source: Source<unknown> | undefined): Promise<void> {
  if (!source?.sync) return;
  // It rejects if the source has ended: then everything is reported.
  await withTimeout(LAST_EVENTS_TIMEOUT_MS, source.sync().catch(() => {}));
}

/** Calls `miss` after `patience` milliseconds without {@linkcode renew}. */
class Deadline implements Disposable {
  readonly #patience: number;
  readonly #miss: () => void;
  #due: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(patience: number, miss: () => void) {
    this.#patience = patience;
    this.#miss = miss;
    this.#due = performance.now() + patience;
    this.#wait();
  }

  /** Stops the time until `renew()`. */
  pause(): void {
    // Deno loads its timers on first use, which takes time.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** Starts the time again after a pause. */
  renew(): void {
    this.#due = performance.now() + this.#patience;
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.pause();
  }

  #wait(): void {
    if (this.#due === Infinity) return;
    const left = this.#due - performance.now();
    if (left <= 0) return this.#miss();
    this.#timer = setTimeout(
      () => this.#wait(),
      Math.min(left, MAX_TIMEOUT_MS),
    );
  }
}
