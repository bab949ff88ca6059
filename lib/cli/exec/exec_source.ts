/** What the command of `--exec` is run for: whatever came before it was quiet. */

import { batches, type BatchOptions } from "../../watch/batches.ts";
import { EventQueue } from "../../watch/event_queue.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import type { Watcher } from "../../watch/watcher.ts";
import type { Context } from "../context.ts";
import type { Options } from "../arguments/options.ts";
import type { Source } from "../source.ts";
import { countOf } from "../print/escape.ts";
import { openWatcher, type WatchSourceOptions } from "../print/watch_source.ts";

const HIGH_WATER_MARK = 65_536;

/**
 * Watches the paths; it yields one batch at a time, which is for one run. What
 * cannot be watched is no reason to run, and goes to `warn`.
 */
export async function openExecSource(
  options: Options,
  { notes, warn, ...sourceOptions }:
    & WatchSourceOptions
    & Pick<Context, "notes" | "warn">,
): Promise<Source<readonly WatchEvent[]>> {
  const { watcher, ...source } = await openWatcher(options, sourceOptions);
  const { quietFor: quiet, maxWait, onBusy } = options;
  const events = new PendingEvents(watcher, warn);
  return {
    ...source,
    async *batches() {
      for await (const batch of events.batches({ quiet, maxWait })) {
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
    [Symbol.asyncDispose]: () => events[Symbol.asyncDispose](),
  };
}

/** The events of a watcher for which there was no run yet. */
class PendingEvents implements AsyncDisposable {
  readonly #watcher: Watcher;
  readonly #warn: (text: string) => void;
  readonly #queue = new EventQueue<WatchEvent>(HIGH_WATER_MARK);
  readonly #filling: Promise<void>;
  #isIgnoring = false;
  #ignored = 0;

  constructor(watcher: Watcher, warn: (text: string) => void) {
    this.#watcher = watcher;
    this.#warn = warn;
    this.#filling = this.#fill();
  }

  /** Yields what came until nothing did for `quiet` milliseconds. */
  batches(options: BatchOptions): AsyncIterable<WatchEvent[]> {
    return batches(this.#queue, options);
  }

  /** Drops events from now on, until {@linkcode heed}. */
  ignore(): void {
    this.#ignored = 0;
    this.#isIgnoring = true;
  }

  /**
   * Drops no more events once all that happened by now are dropped, however
   * fast new ones come. Returns how many were.
   */
  async heed(): Promise<number> {
    // If it is closed, all its events are there already.
    await this.#watcher.sync().catch(() => {});
    // They are taken before the event loop's turn.
    await new Promise((resolve) => setTimeout(resolve));
    this.#isIgnoring = false;
    return this.#ignored + this.#queue.drain(Infinity).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.end();
    await this.#watcher.close();
    await this.#filling;
  }

  async #fill(): Promise<void> {
    try {
      for await (const events of this.#watcher.batches({ quiet: 0 })) {
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
