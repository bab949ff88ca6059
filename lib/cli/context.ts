/** `Context`: the outputs that every mode of the command uses. */

import type { FollowOptions } from "./run.ts";
import type { TextStyle } from "./print/format.ts";

/** The outputs of the command. */
export interface Context extends FollowOptions {
  /** Called with a text about events that are wrong or incomplete. */
  readonly warn: (text: string) => void;
  /** Prints a text to standard output or to a file. */
  readonly print: (text: string) => Promise<void>;
  /** Returns whether `path` is the file that the command prints to. */
  readonly isOwn?: (path: string) => boolean;
  /** How names are printed. */
  readonly style: TextStyle;
}
