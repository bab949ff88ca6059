/** The interfaces of what produces events and of what consumes them. */

/** A producer of events, until it is disposed of or nothing is left to watch. */
export interface Source<T> extends AsyncDisposable {
  /** What is watched, in words: `3 paths`. */
  readonly subject: string;
  /** The notes at the start; by default `Watching` and the subject. */
  readonly notes?: readonly string[];
  /** How many kernel watches it uses. */
  readonly watches: number;
  /** The text that `--raw` prints before the events. */
  readonly heading?: string;
  /** Yields the events, as many at a time as there are. */
  batches(): AsyncIterable<readonly T[]>;
  /** Returns whether an event counts for `--count`; by default, all do. */
  counts?(event: T): boolean;
  /** Resolves when `batches()` has the events of all earlier changes. */
  sync?(): Promise<void>;
}

/** How the command ends: with an exit status, or by a signal. */
export type ExitStatus = number | "SIGHUP" | "SIGINT" | "SIGTERM";

/** A reason to end early: the exit status, and a note. */
export interface Reason {
  readonly status: ExitStatus;
  readonly note?: string;
}

/** A consumer of events. */
export interface Sink<T> {
  /** Called when watching begins. `end` ends it; an error is a failure. */
  begin?(
    source: Source<T>,
    end: (reason: Reason | Error) => void,
  ): void | Promise<void>;
  /** Called with the next events. */
  take(events: readonly T[]): void | Promise<void>;
  /** Called after the last event. May return an exit status. */
  end?(): void | number | Promise<void | number>;
}
