import { turn } from "./until.ts";

/**
 * Makes the kernel's queue overflow by changing the attributes of two watched
 * paths, in alternation so that the kernel merges no events. Returns the size of
 * the queue.
 */
export function overflowQueue(paths: readonly [string, string]): number {
  const file = "/proc/sys/fs/inotify/max_queued_events";
  const limit = Number(Deno.readTextFileSync(file));
  for (let i = 0; i <= limit; i++) Deno.chmodSync(paths[i % 2]!, 0o700);
  return limit;
}

/** Waits for the next tick of the clock of file systems, which lags behind. */
export async function passTick(): Promise<void> {
  const end = Date.now() + 30;
  while (Date.now() < end) await turn();
}
