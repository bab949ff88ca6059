/** `--top`: shows the busiest paths live. */

import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";
import type { Context } from "../context.ts";
import { typesOf } from "../arguments/event_names.ts";
import { run } from "../run.ts";
import type { Options } from "../arguments/options.ts";
import { interruption } from "../signals.ts";
import type { ExitStatus, Reason, Sink, Source } from "../source.ts";
import {
  accuracyWarning,
  countedEvents,
  countedKinds,
  type CountedType,
} from "../stats/counted_events.ts";
import { Activity } from "./activity.ts";
import { layout } from "./layout.ts";
import { Painter, requireTerminal, Screen } from "./screen.ts";
import { openWatchSource } from "../print/watch_source.ts";

const CTRL_C = "\x03";
const CTRL_Z = "\x1a";
const ESCAPE = "\x1b";

/** Shows the busiest paths until the end; returns the exit status. */
export async function showEvents(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  const types = typesOf(options.events);
  await using top = new Top(types);
  return await run(
    (signal) => openWatchSource(options, { types, signal }),
    top,
    { ...context, isTotal: true },
  );
}

/** Counts events, and shows the counts on the terminal. */
export class Top implements Sink<WatchEvent>, AsyncDisposable {
  readonly #kinds: readonly CountedType[];
  readonly #activity = new Activity();
  readonly #resources = new AsyncDisposableStack();
  #painter: Painter | undefined;
  #warning: string | undefined;

  /**
   * Counts the events of these types.
   *
   * @throws {UsageError} If standard input or output is not a terminal.
   */
  constructor(types: readonly WatchEventType[]) {
    requireTerminal();
    this.#kinds = countedKinds(types);
  }

  begin(
    { subject }: Source<WatchEvent>,
    end: (reason: Reason | Error) => void,
  ): void {
    const screen = new Screen({
      onKey(key) {
        if (key === "q" || key === ESCAPE) end({ status: 0 });
        if (key === CTRL_Z) screen.suspend();
        if (key === CTRL_C) end(interruption("SIGINT"));
      },
      onResize: () => painter.refresh(),
      onError: end,
    });
    this.#resources.use(screen);
    const painter = new Painter(async () => {
      const [activity, warning] = [this.#activity, this.#warning];
      activity.advance(performance.now());
      const isMoving = activity.all.recent > 0;
      await screen.show(layout({ subject, activity, warning }, screen.size));
      return isMoving;
    }, { fail: end });
    this.#painter = this.#resources.use(painter);
    painter.refresh();
  }

  take(events: readonly WatchEvent[]): void {
    const now = performance.now();
    for (const event of events) {
      this.#warning = accuracyWarning(event) ?? this.#warning;
      this.#activity.add(
        countedEvents(event).filter(({ type }) => this.#kinds.includes(type)),
        now,
      );
    }
    this.#painter!.refresh();
  }

  /** Restores the terminal. */
  async end(): Promise<void> {
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
