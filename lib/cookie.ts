/** The kernel's number for a rename, kept beside the events that tell of it. */

import type { WatchEvent } from "./watch_event.ts";

const cookies = new WeakMap<WatchEvent, number>();

/**
 * The cookie of a `move`, `moved_from` or `moved_to` of which the kernel told;
 * 0 for any other event. Two events with one cookie are of one rename.
 */
export function cookieOf(event: WatchEvent): number {
  return cookies.get(event) ?? 0;
}

/** `event`, which is from now on known to have `cookie`. */
export function withCookie(event: WatchEvent, cookie: number): WatchEvent {
  if (cookie !== 0) cookies.set(event, cookie);
  return event;
}
