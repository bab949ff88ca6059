/** Where events come from, and where they go. */

/** Something that is watched, until it is disposed of or nothing is left. */
export interface Source<T> extends AsyncDisposable {
  /** What is watched, for people: `3 paths`. */
  readonly subject: string;
  /** What to say once it is watched, if not `Watching` and the subject. */
  readonly notes?: readonly string[];
  /** How many watches that takes. */
  readonly watches: number;
  /** What `--raw` prints before the events. */
  readonly heading?: string;
  /** The events, as many at a time as there are. */
  batches(): AsyncIterable<readonly T[]>;
  /** Whether it is an event that was waited for; if missing, all are. */
  counts?(event: T): boolean;
  /** Resolves when the events of all that has happened by now can be taken. */
  sync?(): Promise<void>;
}

/** How the command ends: with an exit status, or by a signal. */
export type ExitStatus = number | "SIGHUP" | "SIGINT" | "SIGTERM";

/** Why it ends before its time: how, and what to say. */
export interface Reason {
  readonly status: ExitStatus;
  readonly note?: string;
}

/** What is made of the events. */
export interface Sink<T> {
  /** It is watched from now on; `end` ends that, an error as a failure. */
  begin?(
    source: Source<T>,
    end: (reason: Reason | Error) => void,
  ): void | Promise<void>;
  /** Takes the next events. */
  take(events: readonly T[]): void | Promise<void>;
  /** None come any more. An exit status, if it has one of its own. */
  end?(): void | number | Promise<void | number>;
}
