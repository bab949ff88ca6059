/** The source of `--exec`: a batch of events for each run of the command. */

import { batches, type BatchOptions } from "../../watch/batches.ts";
import { EventQueue } from "../../watch/event_queue.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import type { Watcher } from "../../watch/watcher.ts";
import type { Context } from "../context.ts";
import type { Options } from "../arguments/options.ts";
import type { Source } from "../source.ts";
import { Contents } from "./contents.ts";
import type { RunRequests } from "./run_requests.ts";
import { countOf } from "../print/escape.ts";
import { isScratch, VERSION_CONTROL } from "./scratch.ts";
import { openWatcher, type WatchSourceOptions } from "../print/watch_source.ts";

const HIGH_WATER_MARK = 65_536;

/**
 * Watches the paths. Each batch is for one run; with `--now` the first one is empty.
 * A path that cannot be watched does not run the command; its error goes to
 * `warn`.
 */
export async function openExecSource(
  options: Options,
  { notes, warn, requests, ...sourceOptions }:
    & WatchSourceOptions
    & Pick<Context, "notes" | "warn">
    & { readonly requests: RunRequests },
): Promise<Source<readonly WatchEvent[]>> {
  const { watcher, batches, ...source } = await openWatcher(options, {
    ...sourceOptions,
    ignore: VERSION_CONTROL,
    ...!options.scratch && { isScratch },
  });
  const { quietFor: quiet, maxWait, onBusy, now } = options;
  const events = new PendingEvents(watcher, batches(), warn);
  const contents = options.changed ? new Contents() : undefined;
  async function* triggers(): AsyncGenerator<readonly WatchEvent[]> {
    if (now) yield [];
    const batches = events.batches({ quiet, maxWait });
    for await (const batch of requests.mergedInto(batches)) {
      const changed = await contents?.changed(batch) ?? batch;
      if (changed.length > 0 || batch.length === 0) yield changed;
    }
  }
  return {
    ...source,
    async *batches() {
      for await (const batch of triggers()) {
        if (onBusy !== "ignore") {
          yield [batch];
          continue;
        }
        events.ignore();
        yield [batch];
        const count = await events.heed();
        if (count === 0) continue;
        notes(`Ignored ${countOf(count, "event", "events")} meanwhile`);
      }
    },
    async [Symbol.asyncDispose]() {
      await events[Symbol.asyncDispose]();
      contents?.[Symbol.dispose]();
    },
  };
}

/** The events of a watcher that were not passed to a run yet. */
class PendingEvents implements AsyncDisposable {
  readonly #watcher: Watcher;
  readonly #warn: (text: string) => void;
  readonly #queue = new EventQueue<WatchEvent>(HIGH_WATER_MARK);
  readonly #filling: Promise<void>;
  #isIgnoring = false;
  #ignored = 0;

  constructor(
    watcher: Watcher,
    batches: AsyncIterable<readonly WatchEvent[]>,
    warn: (text: string) => void,
  ) {
    this.#watcher = watcher;
    this.#warn = warn;
    this.#filling = this.#fill(batches);
  }

  /** Yields the events in batches. */
  batches(options: BatchOptions): AsyncIterable<WatchEvent[]> {
    return batches(this.#queue, options);
  }

  /** Drops events from now on, until {@linkcode heed}. */
  ignore(): void {
    this.#ignored = 0;
    this.#isIgnoring = true;
  }

  /**
   * Stops dropping events once the events of all earlier changes are dropped, even
   * if new ones arrive meanwhile. Returns how many were dropped.
   */
  async heed(): Promise<number> {
    // It rejects if the watcher is closed: then it has no more events.
    await this.#watcher.sync().catch(() => {});
    // The events are taken before the next task of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    this.#isIgnoring = false;
    return this.#ignored + this.#queue.drain(Infinity).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.end();
    await this.#watcher.close();
    await this.#filling;
  }

  async #fill(
    batches: AsyncIterable<readonly WatchEvent[]>,
  ): Promise<void> {
    try {
      for await (const events of batches) {
        for (const event of events) this.#take(event);
        await this.#queue.waitForRoom();
      }
      this.#queue.end();
    } catch (reason) {
      this.#queue.end({ reason });
    }
  }

  #take(event: WatchEvent): void {
    if (event.type === "unwatched") this.#warn(event.error.message);
    else if (this.#isIgnoring) this.#ignored++;
    else this.#queue.push(event);
  }
}
