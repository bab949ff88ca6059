import type { Watcher, WatchEvent, WatchEventType } from "../../mod.ts";
import { turn, until } from "./until.ts";

/** A script of sh(1), and the lines that the watcher reports for it. */
export type Step = [script: string, lines: string[]];

/** A watcher and the events that it reported, each as a line. */
export class Observation implements AsyncDisposable {
  readonly watcher: Watcher<WatchEventType>;
  readonly #base: string;
  readonly #listening: Promise<void>;
  #events: WatchEvent[] = [];
  #hasEnded = false;

  /** Listens to `watcher`; the lines have paths relative to `base`. */
  constructor(watcher: Watcher<WatchEventType>, base: string) {
    this.watcher = watcher;
    this.#base = base;
    this.#listening = this.#listen();
  }

  /**
   * Returns the events of all changes so far that were not taken before. The line
   * "end" is the end of the watcher.
   */
  async take(): Promise<string[]> {
    const lines = describe(await this.takeEvents(), this.#base);
    if (!this.#hasEnded) return lines;
    await this.watcher.close();
    return [...lines, "end"];
  }

  /** Does the same as {@linkcode take}, but returns the events themselves. */
  async takeEvents(): Promise<WatchEvent[]> {
    if (!this.#hasEnded) await this.watcher.sync();
    // The listener takes the queued events without a timer.
    await turn();
    return this.#events.splice(0);
  }

  /** Waits until an event of `path` was reported. */
  async untilReported(path: string): Promise<void> {
    await until(() => this.#events.some((event) => event.path === path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watcher.close();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    for await (const event of this.watcher) this.#events.push(event);
    this.#hasEnded = true;
  }
}

/**
 * Returns a line for each event: its type, its path relative to `base`, with a
 * slash after that of a directory, and whether it is synthetic.
 */
export function describe(
  events: readonly WatchEvent[],
  base: string,
): string[] {
  return events.map((event) => describeEvent(event, base));
}

/** Returns the last name of the path of each event; its type without a path. */
export function toNames(events: Iterable<WatchEvent>): string[] {
  return [...events].map((event) =>
    event.path?.replace(/.*\//, "") ?? event.type
  );
}

function describeEvent(event: WatchEvent, base: string): string {
  const words: string[] = [event.type];
  const slash = event.isDirectory ? "/" : "";
  if (event.from !== undefined) {
    words.push(relative(event.from, base) + slash, "->");
  }
  if (event.path !== undefined) words.push(relative(event.path, base) + slash);
  if (event.error) words.push(event.error.code);
  if (event.synthetic) words.push("synthetic");
  return words.join(" ");
}

function relative(path: string, base: string): string {
  if (path === base) return ".";
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}
