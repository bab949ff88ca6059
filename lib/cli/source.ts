/** Where the command has its text from: the watcher, or the kernel itself. */

/** Something that is watched, until it is disposed of or nothing is left. */
export interface Source extends AsyncDisposable {
  /** What is watched, for people: `3 paths`. */
  readonly subject: string;
  /** What a program wants to know before the events. */
  readonly preamble: string;
  /** The events as text, batch by batch. */
  texts(): AsyncIterable<string>;
}
