/** Events as text, on standard output or wherever that goes. */

import type { Sink, Source } from "./source.ts";

/** What a {@linkcode Printer} prints, and where. */
export interface PrinterOptions<T> {
  /** Takes the text. */
  readonly print: (text: string) => Promise<void>;
  /** What stands before the events. */
  readonly heading?: (source: Source<T>) => string;
  /** The events as text, which happened by then. */
  readonly format: (events: readonly T[], date: Date) => string;
}

/** Prints events, each batch at once. */
export class Printer<T> implements Sink<T> {
  readonly #options: PrinterOptions<T>;

  constructor(options: PrinterOptions<T>) {
    this.#options = options;
  }

  async begin(source: Source<T>): Promise<void> {
    const { print, heading } = this.#options;
    if (heading) await print(heading(source));
  }

  async take(events: readonly T[]): Promise<void> {
    const { print, format } = this.#options;
    await print(format(events, new Date()));
  }
}
