/** From a source to a sink, until there is reason to end. */

import { MAX_TIMEOUT_MS, withTimeout } from "../watch/timeout.ts";
import type { Options } from "./arguments/options.ts";
import { onReaderGone } from "./stdio.ts";
import { onInterrupt } from "./signals.ts";
import type { ExitStatus, Reason, Sink, Source } from "./source.ts";

/** How long the end waits for events at most, in milliseconds. */
const LAST_MOMENT = 100;

/** When {@linkcode run} ends, and whom it tells. */
export interface FollowOptions extends Pick<Options, "count" | "timeout"> {
  /** The timeout is for all of it, and no event renews it. */
  readonly isTotal?: boolean;
  /** The events go to standard output. */
  readonly writesStdout?: boolean;
  /** Takes what people want to know. */
  readonly notes: (text: string) => void;
  /** Is called as soon as it watches. */
  readonly ready?: () => void;
  /** Finds out what else they do, for which the start does not wait. */
  readonly remarks?: () => Promise<readonly string[]>;
}

/**
 * Gives `sink` what comes from the source, until nothing is left to watch, a
 * signal comes, or `--count` or `--timeout` is met; if the sink `prints` to
 * standard output, also until nobody reads that. Returns the exit status.
 */
export async function run<T>(
  open: (signal: AbortSignal) => Promise<Source<T>>,
  sink: Sink<T>,
  {
    count,
    timeout,
    isTotal = false,
    writesStdout = false,
    notes,
    ready,
    remarks,
  }: FollowOptions,
): Promise<ExitStatus> {
  const ending = new AbortController();
  const { signal } = ending;
  const end = (reason: Reason | Error) => ending.abort(reason);
  let opened: Source<T> | undefined;
  // What happened before the signal is not lost by it.
  using _listening = onInterrupt((reason) =>
    settled(opened).then(() => end(reason))
  );
  await using _reading = writesStdout
    ? onReaderGone(() => end({ status: 0 }))
    : undefined;
  // Meanwhile: to open a large tree takes its time, and may fail.
  const remarked = remarks?.().then((texts) => {
    for (const text of texts) notes(text);
  });
  let taken = 0;
  try {
    await using source = await open(signal);
    opened = source;
    // From then on nobody may be there to see them.
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
      // How long that takes says nothing of how long nothing happens.
      if (!isTotal) deadline.pause();
      await sink.take(events);
      if (taken === count) break;
      if (!isTotal) deadline.renew();
    }
  } catch (error) {
    // What is ended before it watches throws the reason.
    if (error !== signal.reason) throw error;
  } finally {
    await remarked;
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

/** Resolves when all that has happened by now is told, or soon in any case. */
async function settled(source: Source<unknown> | undefined): Promise<void> {
  if (!source?.sync) return;
  // If it has ended meanwhile, there is nothing left to tell.
  await withTimeout(LAST_MOMENT, source.sync().catch(() => {}));
}

/** Calls `miss` when `patience` milliseconds pass without a pause. */
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

  /** Waits no longer, until it is renewed. */
  pause(): void {
    // Deno loads its timers when they are first asked for: that is not for free.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** Begins anew after a pause. */
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
