/** What the kernel's events say about the paths that are watched. */

import type { InotifyEvent } from "../event.ts";
import type { Inotify } from "../inotify.ts";
import { IN } from "../mask.ts";
import type {
  EntryEventType,
  SelfEventType,
  WatchEvent,
} from "../watch_event.ts";

const ENTRY_EVENTS: readonly (readonly [number, EntryEventType])[] = [
  [IN.ACCESS, "access"],
  [IN.MODIFY, "modify"],
  [IN.ATTRIB, "attrib"],
  [IN.CLOSE_WRITE, "close_write"],
  [IN.CLOSE_NOWRITE, "close_nowrite"],
  [IN.OPEN, "open"],
  [IN.MOVED_FROM, "moved_from"],
  [IN.MOVED_TO, "moved_to"],
  [IN.CREATE, "create"],
  [IN.DELETE, "delete"],
];

const SELF_EVENTS: readonly (readonly [number, SelfEventType])[] = [
  [IN.DELETE_SELF, "delete_self"],
  [IN.MOVE_SELF, "move_self"],
  [IN.UNMOUNT, "unmount"],
];

/** The paths by watch descriptor: several where they are one inode. */
export class WatchedPaths {
  readonly #paths = new Map<number, string[]>();

  constructor(inotify: Inotify, paths: readonly string[], mask: number) {
    for (const path of paths) {
      const wd = inotify.addWatch(path, mask);
      this.#paths.set(wd, [...this.#paths.get(wd) ?? [], path]);
    }
  }

  /** How many watches the kernel holds. */
  get size(): number {
    return this.#paths.size;
  }

  [Symbol.iterator](): Iterator<[wd: number, paths: string[]]> {
    return this.#paths.entries();
  }

  /** Forgets the watches of which `events` say that they are gone. */
  forget(events: Iterable<InotifyEvent>): void {
    for (const { wd, mask } of events) {
      if (mask & IN.IGNORED) this.#paths.delete(wd);
    }
  }

  /** The events with paths, one for each bit and each path. */
  *resolve(events: Iterable<InotifyEvent>): Generator<WatchEvent> {
    for (const event of events) {
      if (event.mask & IN.Q_OVERFLOW) yield { type: "overflow" };
      for (const path of this.#paths.get(event.wd) ?? []) {
        yield* eventsAt(path, event);
      }
    }
  }
}

function* eventsAt(
  watched: string,
  { mask, name }: InotifyEvent,
): Generator<WatchEvent> {
  const path = name === "" ? watched : join(watched, name);
  const isDirectory = (mask & IN.ISDIR) !== 0;
  for (const [bit, type] of ENTRY_EVENTS) {
    if (mask & bit) yield { type, path, isDirectory };
  }
  for (const [bit, type] of SELF_EVENTS) {
    if (mask & bit) yield { type, path };
  }
}

function join(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
