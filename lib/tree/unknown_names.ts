/** The events about entries that a directory does not have. */

import type { InotifyEvent } from "../kernel/inotify_event.ts";
import type { Directory } from "./node.ts";

/** How many events to keep for a directory. */
const MAX_EVENTS = 1000;

/**
 * Keeps events about entries that are not known, until their directory was scanned
 * again. The file system may list the entry with another spelling of its name.
 */
export class UnknownNames {
  readonly #events = new WeakMap<Directory, Map<string, InotifyEvent>>();

  /** Keeps `event`, once for each name and kind. */
  add(directory: Directory, event: InotifyEvent): void {
    let events = this.#events.get(directory);
    if (!events) this.#events.set(directory, events = new Map());
    const key = `${event.mask} ${event.name}`;
    if (events.size < MAX_EVENTS || events.has(key)) events.set(key, event);
  }

  /** Returns the events of `directory`, and removes them. */
  take(directory: Directory): Iterable<InotifyEvent> {
    const events = this.#events.get(directory);
    this.#events.delete(directory);
    return events?.values() ?? [];
  }
}
