/** What is at hand for whatever is done with the events. */

import type { FollowOptions } from "./run.ts";
import type { TextStyle } from "./print/format.ts";

/** What is at hand. */
export interface Context extends FollowOptions {
  /** Takes what makes the events wrong or incomplete. */
  readonly warn: (text: string) => void;
  /** Takes the text to print, wherever that goes. */
  readonly print: (text: string) => Promise<void>;
  /** Whether `path` is of a file that is being printed to, if it is to one. */
  readonly isOwn?: (path: string) => boolean;
  /** How names are printed. */
  readonly style: TextStyle;
}
