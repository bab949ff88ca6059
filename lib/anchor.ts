/** A path that was given to the watcher, and what is known of it. */

import { type RootDirectory, UNWATCHED } from "./tree.ts";

/** A name in a watched directory. */
export interface WatchedHop {
  readonly wd: number;
  readonly name: string;
}

/** A path that was given to the watcher. */
export class Anchor {
  /** The path as it was given, for reports. */
  readonly path: string;
  /** The absolute path. */
  readonly location: string;
  /** Whether to follow it if it is a symbolic link. */
  readonly follows: boolean;
  /** The names on which depends what is there. */
  hops: readonly WatchedHop[] = [];
  /** Whether the last of them is where the path ends. */
  isReached = false;
  /** The directory that is there. */
  root: RootDirectory | undefined;
  /** Whether a file is there, as far as it was told. */
  isFile = false;
  /** The watch of that file, for changes by another of its names. */
  wd = UNWATCHED;
  /**
   * The events that the directory told, and the file is about to repeat: the
   * kernel queues the two one after the other, and a read may come between.
   */
  echo = 0;
  /** When the file repeats them no more, as `performance.now()` has it. */
  echoUntil = 0;

  constructor(path: string, location: string, follows: boolean) {
    this.path = path;
    this.location = location;
    // With a slash behind it, a path is the directory that a link leads to.
    this.follows = follows || location.endsWith("/");
  }
}
