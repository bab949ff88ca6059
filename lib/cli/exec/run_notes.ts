/** The notes on a run: what triggered it, and how it ended. */

import { format } from "@std/fmt/duration";
import type { WatchEvent } from "../../tree/watch_event.ts";

/** How many columns the names of the paths may take. */
const WIDTH = 60;

/** Returns the paths of `events`, each once. */
export function pathsOf(events: readonly WatchEvent[]): string[] {
  return [...new Set(events.flatMap(({ path }) => path ?? []))];
}

/** Returns the note before a run: `3 changed: src/a.ts, src/b.ts, …`. */
export function describeTrigger(events: readonly WatchEvent[]): string {
  const paths = pathsOf(events);
  if (paths.length === 0) return "The kernel dropped events";
  let names = paths[0]!;
  for (const [i, path] of paths.slice(1).entries()) {
    const isLast = i === paths.length - 2;
    if (names.length + path.length + (isLast ? 0 : 3) > WIDTH) {
      names += ", …";
      break;
    }
    names += `, ${path}`;
  }
  return `${paths.length} changed: ${names}`;
}

/** Returns the note after a run: `exit status 0 after 1s 234ms`. */
export function describeEnd(
  { code, signal }: Deno.CommandStatus,
  milliseconds: number,
): string {
  const end = signal ? `killed by ${signal}` : `exit status ${code}`;
  const time = format(Math.round(milliseconds), { ignoreZero: true });
  return `${end} after ${time || "0ms"}`;
}
