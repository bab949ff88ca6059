/** `fs.inotify.max_user_watches`, where a row wants more of them. */

import { Skipped } from "./row.ts";

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
  const isEnough = Number(before) >= count + OTHERS;
  if (!isEnough) write(`${count + OTHERS}`, count);
  return {
    [Symbol.dispose]() {
      if (!isEnough) write(before, count);
    },
  };
}

function write(limit: string, count: number): void {
  try {
    Deno.writeTextFileSync(FILE, limit);
  } catch {
    throw new Skipped(
      `fs.inotify.max_user_watches does not allow ${count} watches, ` +
        "and only root can raise it",
    );
  }
}
