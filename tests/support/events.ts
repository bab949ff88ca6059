import type { Inotify, InotifyEvent } from "../../mod.ts";
import { maskNames } from "../../mod.ts";
import { DEADLINE_MS } from "./until.ts";

/** Everything that is queued, however many reads it takes. */
export function readAll(inotify: Inotify): InotifyEvent[] {
  const events = [];
  for (let batch; (batch = inotify.read()).length > 0;) events.push(...batch);
  return events;
}

/** What is queued and what comes until an event is `last`. */
export async function readUntil(
  inotify: Inotify,
  last: (event: InotifyEvent) => boolean,
): Promise<InotifyEvent[]> {
  const deadline = performance.now() + DEADLINE_MS;
  const events: InotifyEvent[] = [];
  while (!events.some(last)) {
    if (performance.now() > deadline) {
      throw new Error(`The last event did not come: ${describe(events)}`);
    }
    await inotify.wait(100);
    events.push(...inotify.read());
  }
  return events;
}

/**
 * Each event on a line: its watch, its mask, its name, and the cookie, where it
 * has one, as `#1`, `#2` in the order in which they turn up.
 */
export function describe(
  events: readonly InotifyEvent[],
  watches: ReadonlyMap<number, string> = new Map(),
): string[] {
  const cookies = [0];
  return events.map(({ wd, mask, cookie, name }) => {
    if (!cookies.includes(cookie)) cookies.push(cookie);
    const half = cookie === 0 ? "" : `#${cookies.indexOf(cookie)}`;
    return [watches.get(wd) ?? wd, maskNames(mask).join("|"), name, half]
      .filter((part) => part !== "").join(" ");
  });
}
