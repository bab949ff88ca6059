/** The symbolic links below a root that are followed. */

import type { Entry } from "./entries.ts";
import { Directory } from "./node.ts";

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
  /** Releases all links in `directory` and below; returns where they are. */
  releaseWithin(directory: Directory): (readonly [Directory, string])[];
  /** Stops following all links in `directory` and below, and reports nothing. */
  dropWithin(directory: Directory): void;
}

/** Returns whether `directory` is reached by a link in or below `entry`. */
export function isLinkedBelow(
  directory: Directory,
  entry: Entry | undefined,
): boolean {
  if (!(entry instanceof Directory)) return false;
  let at = directory.root.linkedIn;
  while (at && !at.isWithin(entry)) at = at.root.linkedIn;
  return at !== undefined;
}

/**
 * Returns whether `directory` is in its tree. While it is looked up where it moved to,
 * it is not. Its links are found again when it is.
 */
export function isInTree(directory: Directory): boolean {
  let at: Directory = directory;
  for (; at.parent; at = at.parent) {
    if (at.isRemoved || at.parent.entries.get(at.name) !== at) return false;
  }
  const { linkedIn } = at.root;
  return !at.isRemoved && (linkedIn === undefined || isInTree(linkedIn));
}
