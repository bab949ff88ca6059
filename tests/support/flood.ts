/**
 * Fills the kernel's queue until it overflows, by changes to the attributes of
 * two watched directories: in turn, so that the kernel merges none.
 */
export function overflowQueue(directories: readonly [string, string]): void {
  const file = "/proc/sys/fs/inotify/max_queued_events";
  const limit = Number(Deno.readTextFileSync(file));
  for (let i = 0; i <= limit; i++) Deno.chmodSync(directories[i % 2]!, 0o700);
}
