/**
 * Translates events into the lines of inotifywait(1), one for each kernel watch
 * that reports the event.
 *
 * The kernel reports a move as two halves. It reports an event of a watched
 * directory twice: for its entry in the parent, and for the directory itself.
 */

import { MASK_BITS } from "../../tree/event_types.ts";
import { IN, maskNames } from "../../kernel/mask.ts";
import type { EntryEventType, WatchEventType } from "../../tree/watch_event.ts";
import type { RenameEvent } from "../../watch/options.ts";
import type { WatchedPaths } from "./watched_paths.ts";

/** An event of one kernel watch. */
export interface KernelLine {
  /** The watched path; a directory has a slash at its end. */
  readonly watched: string;
  /** The entry of the directory, or `""` for the watched path itself. */
  readonly name: string;
  /** What happened, as bits of `IN`. */
  readonly mask: number;
  /** The number that both halves of a move have; otherwise 0. */
  readonly cookie: number;
}

/** The bits that the lines of each kind of event may have. */
const MASKS: Readonly<Record<WatchEventType, number>> = {
  ...MASK_BITS,
  delete: IN.DELETE | IN.DELETE_SELF,
  move: IN.MOVE | IN.MOVE_SELF,
  moved_from: IN.MOVED_FROM | IN.MOVE_SELF,
  overflow: 0,
};

/** Returns the kinds of event that have lines with bits of `mask`. */
export function typesOfLines(mask: number): WatchEventType[] {
  const types = Object.keys(MASKS) as WatchEventType[];
  return types.filter((type) => MASKS[type] & mask);
}

/** Returns the lines for `event`, in the kernel's order. */
export function kernelLines(
  event: RenameEvent,
  given: WatchedPaths,
): KernelLine[] {
  const { cookie = 0 } = event;
  switch (event.type) {
    case "overflow":
    case "unwatched":
      return [];
    case "unmount":
      return [ofDirectory(event.path, IN.UNMOUNT | IN.ISDIR)];
    case "delete_self":
      return [ofDirectory(event.path, IN.DELETE_SELF)];
    case "move_self":
      return [ofDirectory(event.path, IN.MOVE_SELF)];
    case "move": {
      const { from, path, isDirectory } = event;
      return [
        ...ofEntry(from, { type: "moved_from", isDirectory, cookie }),
        ...ofEntry(path, { type: "moved_to", isDirectory, cookie }),
        ...ofMoved(from, path, isDirectory),
      ];
    }
    case "moved_from": {
      const { type, path, isDirectory } = event;
      return [
        ...ofEntry(path, { type, isDirectory, cookie }),
        ...ofMoved(path, path, isDirectory),
      ];
    }
    case "delete": {
      const { type, path, isDirectory } = event;
      const self = ofSelf(path, IN.DELETE_SELF, isDirectory);
      return [...self, ...ofEntry(path, { type, isDirectory, cookie: 0 })];
    }
    case "create":
    case "moved_to": {
      const { type, path, isDirectory } = event;
      const lines = ofEntry(path, { type, isDirectory, cookie });
      // A given path was created again, and no other line reports that.
      return lines.length > 0
        ? lines
        : ofSelf(path, maskOf(type, isDirectory), isDirectory);
    }
    default: {
      const { type, path, isDirectory } = event;
      return [
        // For a given directory, the watch of itself reports this.
        ...isDirectory && given.has(path)
          ? []
          : ofEntry(path, { type, isDirectory, cookie: 0 }),
        ...ofSelf(path, maskOf(type, isDirectory), isDirectory),
      ];
    }
  }

  function ofEntry(
    path: string,
    { type, isDirectory, cookie }: {
      type: EntryEventType;
      isDirectory: boolean;
      cookie: number;
    },
  ): KernelLine[] {
    if (!given.isWatched(path)) return [];
    const start = path.lastIndexOf("/") + 1;
    const watched = path.slice(0, start);
    const name = path.slice(start);
    return [{ watched, name, mask: maskOf(type, isDirectory), cookie }];
  }

  /** Returns the line of the watch of `path` itself, if there is one. */
  function ofSelf(
    path: string,
    mask: number,
    isDirectory: boolean,
  ): KernelLine[] {
    if (!isDirectory) {
      return given.has(path)
        ? [{ watched: path, name: "", mask, cookie: 0 }]
        : [];
    }
    // The end of a given directory has its own kinds of event.
    const isKnown = given.has(path)
      ? (mask & (IN.DELETE_SELF | IN.MOVE_SELF)) === 0
      : given.isFollowed(path);
    return isKnown ? [ofDirectory(path, mask)] : [];
  }

  /**
   * Returns the line of MOVE_SELF, which has the old path of a file, but the new
   * path of a directory.
   */
  function ofMoved(
    from: string,
    path: string,
    isDirectory: boolean,
  ): KernelLine[] {
    const lines = ofSelf(from, IN.MOVE_SELF, isDirectory);
    return lines.length > 0 && isDirectory
      ? [ofDirectory(path, IN.MOVE_SELF)]
      : lines;
  }
}

function ofDirectory(path: string, mask: number): KernelLine {
  const watched = path.endsWith("/") ? path : `${path}/`;
  return { watched, name: "", mask, cookie: 0 };
}

function maskOf(type: EntryEventType, isDirectory: boolean): number {
  return MASK_BITS[type] | (isDirectory ? IN.ISDIR : 0);
}

/** Returns the names of inotifywait(1) for `mask`: `CLOSE_WRITE`, `CLOSE`. */
export function lineNames(mask: number): string[] {
  return maskNames(mask).flatMap((name) => {
    const short = name.replace("IN_", "");
    return short.startsWith("CLOSE_") ? [short, "CLOSE"] : [short];
  });
}
