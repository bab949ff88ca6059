/** How many events of which kind each path had: `--stats`. */

import type { WatchEvent, WatchEventType } from "../watch_event.ts";
import { onSignal } from "./signals.ts";
import type { Sink, Source } from "./source.ts";
import {
  countedKinds,
  flaw,
  type Kind,
  KINDS,
  occurrences,
} from "./stats_kinds.ts";
import { type Order, parseOrder, statsTable } from "./stats_table.ts";

/** What {@linkcode Stats} counts and how it says so. */
export interface StatsOptions {
  /** The events that were asked for. */
  readonly types: readonly WatchEventType[];
  /** What `--sort` was given. */
  readonly sort: string | undefined;
  /** How a path is printed. */
  readonly escape: (path: string) => string;
  /** Takes a table. */
  readonly print: (text: string) => Promise<void>;
  /** Takes what people want to know. */
  readonly notes: (text: string) => void;
  /** Takes what makes the counts wrong. */
  readonly warn: (text: string) => void;
}

/** Counts, and prints the table at the end and for each SIGUSR1. */
export class Stats implements Sink<WatchEvent>, Disposable {
  readonly #options: StatsOptions;
  readonly #kinds: readonly Kind[];
  readonly #order: Order;
  readonly #counts = new Map<string, number[]>();
  readonly #flaws = new Set<string>();
  readonly #listening: Disposable;
  #fail: (error: Error) => void = () => {};
  #printed = Promise.resolve();

  /** @throws {UsageError} If the table cannot be sorted as is asked. */
  constructor(options: StatsOptions) {
    this.#options = options;
    this.#kinds = countedKinds(options.types);
    this.#order = parseOrder(options.sort ?? "total", this.#kinds);
    // From now on: without a listener the signal kills, also while directories
    // are still being added.
    this.#listening = onSignal("SIGUSR1", () => {
      this.#report("\n").catch((error) => this.#fail(error));
    });
  }

  begin(_source: Source<WatchEvent>, end: (reason: Error) => void): void {
    this.#fail = end;
  }

  take(events: readonly WatchEvent[]): void {
    for (const event of events) {
      const text = flaw(event);
      if (text !== undefined) this.#warn(text);
      for (const { kind, path } of occurrences(event)) {
        if (this.#kinds.includes(kind)) this.#count(kind, path);
      }
    }
  }

  async end(): Promise<void> {
    await this.#report("");
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #count(kind: Kind, path: string): void {
    let counts = this.#counts.get(path);
    if (!counts) this.#counts.set(path, counts = KINDS.map(() => 0));
    counts[KINDS.indexOf(kind)]!++;
  }

  /** Says it once. */
  #warn(text: string): void {
    if (this.#flaws.has(text)) return;
    this.#flaws.add(text);
    this.#options.warn(text);
  }

  /** Prints what is counted by then, once the tables before are out. */
  #report(separator: string): Promise<void> {
    return this.#printed = this.#printed.then(async () => {
      const { print, notes, escape } = this.#options;
      if (this.#counts.size === 0) return notes("No events to count");
      const table = statsTable(this.#counts, { order: this.#order, escape });
      await print(table + separator);
    });
  }
}
