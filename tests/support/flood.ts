/**
 * Fills the kernel's queue until it overflows, by changes to the attributes of
 * two paths that are watched: in turn, so that the kernel merges none. Returns
 * how many events the queue takes.
 */
export function overflowQueue(paths: readonly [string, string]): number {
  const file = "/proc/sys/fs/inotify/max_queued_events";
  const limit = Number(Deno.readTextFileSync(file));
  for (let i = 0; i <= limit; i++) Deno.chmodSync(paths[i % 2]!, 0o700);
  return limit;
}
