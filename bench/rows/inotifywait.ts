/** inotifywait, told to report what a burst consists of. */

export function inotifywaitCommand(root: string): string[] {
  const events = "create,open,modify,close_write";
  return ["inotifywait", "--monitor", "--recursive", "--event", events, root];
}
