/** What the command of `--exec` is run for: whatever came before it was quiet. */

import { batches } from "../../watch/batches.ts";
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
  const { quietFor, onBusy } = options;
  const queue = new EventQueue<WatchEvent>(HIGH_WATER_MARK);
  const filling = fill(queue, watcher, warn);
  return {
    ...source,
    async *batches() {
      for await (const batch of batches(queue, { quiet: quietFor })) {
        yield [batch];
        if (onBusy !== "ignore") continue;
        const count = await forget(queue, watcher);
        if (count === 0) continue;
        notes(`Ignored ${countOf(count, "event", "events")} meanwhile`);
      }
    },
    async [Symbol.asyncDispose]() {
      queue.end();
      await watcher.close();
      await filling;
    },
  };
}

async function fill(
  queue: EventQueue<WatchEvent>,
  watcher: Watcher,
  warn: (text: string) => void,
): Promise<void> {
  try {
    for await (const events of watcher.batches({ quiet: 0 })) {
      for (const event of events) {
        if (event.type === "unwatched") warn(event.error.message);
        else queue.push(event);
      }
      await queue.waitForRoom();
    }
    queue.end();
  } catch (reason) {
    queue.end({ reason });
  }
}

/** Drops the events of all that has happened by now, and says how many. */
async function forget(
  queue: EventQueue<WatchEvent>,
  watcher: Watcher,
): Promise<number> {
  // If it is closed, all its events are there already.
  await watcher.sync().catch(() => {});
  let count = 0;
  do {
    count += queue.drain(Infinity).length;
    // Those behind a queue that was full come before the event loop's turn.
    await new Promise((resolve) => setImmediate(resolve));
  } while (queue.size > 0);
  return count;
}
