/** The interface of symbolic links below a root that are followed. */

import type { Directory } from "./node.ts";

/**
 * Follows the links to directories. In its tree, a link is an entry that is not a
 * directory. What the link leads to is a tree of its own, whose root has the path of
 * the link.
 */
export interface FollowedLinks {
  /** Called for a new entry that is not a directory: it may be a link. */
  found(directory: Directory, name: string): void;
  /**
   * Called before an entry goes. Stops following it, and reports what is below it as
   * deleted.
   */
  release(directory: Directory, name: string): void;
  /** Does the same for all links in `directory` and below; returns where they are. */
  releaseWithin(directory: Directory): (readonly [Directory, string])[];
  /** Does the same, but reports nothing. */
  dropWithin(directory: Directory): void;
}
