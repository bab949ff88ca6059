/** `--stats`: counts the events of each path by kind. */

import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";
import type { Context } from "../context.ts";
import { typesOf } from "../arguments/event_names.ts";
import { run } from "../run.ts";
import type { Options } from "../arguments/options.ts";
import { ignoreSigusr1, onSignal } from "../signals.ts";
import type { ExitStatus, Sink, Source } from "../source.ts";
import {
  accuracyWarning,
  COUNTED_TYPES,
  countedEvents,
  countedKinds,
  type CountedType,
} from "./counted_events.ts";
import { PathTable } from "./path_table.ts";
import { type Order, parseOrder, statsTable } from "./table.ts";
import { escape } from "../print/escape.ts";
import { openWatchSource } from "../print/watch_source.ts";

/** Counts the events and prints the table; returns the exit status. */
export async function countEvents(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  const types = typesOf(options.events);
  const { isOwn } = context;
  using stats = new Stats(types, { ...context, sort: options.sort });
  return await run(
    (signal) => openWatchSource(options, { types, isOwn, signal }),
    stats,
    { ...context, isTotal: true },
  );
}

/** Options of {@linkcode Stats}. */
export interface StatsOptions
  extends Pick<Context, "print" | "notes" | "warn" | "style"> {
  /** The value of `--sort`. */
  readonly sort: string | undefined;
}

/** Counts events, and prints the table at the end and after each SIGUSR1. */
export class Stats implements Sink<WatchEvent>, Disposable {
  readonly #options: StatsOptions;
  readonly #kinds: readonly CountedType[];
  readonly #order: Order;
  readonly #counts = new PathTable<number[]>({
    create: () => COUNTED_TYPES.map(() => 0),
    total: (counts) => counts.reduce((sum, count) => sum + count, 0),
    add: (sum, counts) => counts.forEach((count, i) => sum[i]! += count),
  });
  readonly #flaws = new Set<string>();
  #fail: (error: Error) => void = () => {};
  #printed = Promise.resolve();

  /**
   * Counts the events of these `types`.
   *
   * @throws {UsageError} If the value of `--sort` is not a column.
   */
  constructor(types: readonly WatchEventType[], options: StatsOptions) {
    this.#options = options;
    this.#kinds = countedKinds(types);
    this.#order = parseOrder(options.sort ?? "total", this.#kinds);
    // Added before directories are watched, because without a listener the signal
    // kills the process.
    onSignal("SIGUSR1", () => {
      this.#report("\n").catch((error) => this.#fail(error));
    });
  }

  begin(_source: Source<WatchEvent>, end: (reason: Error) => void): void {
    this.#fail = end;
  }

  take(events: readonly WatchEvent[]): void {
    for (const event of events) {
      const text = accuracyWarning(event);
      if (text !== undefined) this.#warn(text);
      for (const { type, path } of countedEvents(event)) {
        if (this.#kinds.includes(type)) this.#count(type, path);
      }
    }
  }

  async end(): Promise<void> {
    this[Symbol.dispose]();
    await this.#report("");
  }

  /** Makes SIGUSR1 neither print a table nor kill the process. */
  [Symbol.dispose](): void {
    ignoreSigusr1();
  }

  #count(kind: CountedType, path: string): void {
    this.#counts.get(path)[COUNTED_TYPES.indexOf(kind)]!++;
  }

  /** Prints the warning once. */
  #warn(text: string): void {
    if (this.#flaws.has(text)) return;
    this.#flaws.add(text);
    this.#options.warn(text);
  }

  /** Prints the counts of this moment, after the earlier tables. */
  #report(separator: string): Promise<void> {
    return this.#printed = this.#printed.then(async () => {
      const { print, notes, style } = this.#options;
      if (this.#counts.entries.size === 0) return notes("No events to count");
      const table = statsTable(this.#counts.entries, {
        order: this.#order,
        escape: style.escape ? escape : (path) => path,
      });
      await print(table + separator);
    });
  }
}
