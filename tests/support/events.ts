import type { Inotify, InotifyEvent } from "../../mod.ts";
import { maskNames } from "../../mod.ts";
import { DEADLINE_MS } from "./until.ts";

/** Reads all queued events. */
export function readAll(inotify: Inotify): InotifyEvent[] {
  const events = [];
  for (let batch; (batch = inotify.read()).length > 0;) events.push(...batch);
  return events;
}

/** Reads events until one is `last`. */
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
 * Returns a line for each event: its watch, mask, name, and its cookie, if any, as
 * `#1`, `#2` in the order of their first events.
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
