/** Raises `fs.inotify.max_user_watches` for a row that needs more watches. */

import { Skipped } from "./row.ts";
import { undoLater } from "./undo.ts";

const FILE = "/proc/sys/fs/inotify/max_user_watches";

/** Watches for other programs on this machine. */
const OTHERS = 10_000;

/**
 * Makes sure that `count` directories can be watched, until it is disposed of.
 *
 * @throws {Skipped} If the limit is too low and may not be raised.
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
