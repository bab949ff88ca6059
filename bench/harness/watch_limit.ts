/** `fs.inotify.max_user_watches`, where a row wants more of them. */

import { Skipped } from "./row.ts";
import { undoLater } from "./undo.ts";

const FILE = "/proc/sys/fs/inotify/max_user_watches";

/** What else may run here, and watch. */
const OTHERS = 10_000;

/**
 * Sees to it that `count` directories can be watched, until it is disposed of.
 *
 * @throws {Skipped} If the limit is lower and may not be raised.
 */
export function allowWatches(count: number): Disposable {
  const before = Deno.readTextFileSync(FILE);
  if (Number(before) >= count + OTHERS) return { [Symbol.dispose]() {} };
  try {
    Deno.writeTextFileSync(FILE, `${count + OTHERS}`);
  } catch {
    throw new Skipped(
      `fs.inotify.max_user_watches does not allow ${count} watches, ` +
        "and only root can raise it",
    );
  }
  return undoLater(() => Deno.writeTextFileSync(FILE, before));
}
