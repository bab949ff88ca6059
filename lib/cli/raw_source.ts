/** What the kernel says, with nothing in between: `--raw`. */

import type { InotifyEvent } from "../event.ts";
import { Inotify } from "../inotify.ts";
import { IN } from "../mask.ts";
import { countOf } from "./count.ts";
import { toJson } from "./escape.ts";
import type { Options } from "./options.ts";
import type { Source } from "./source.ts";

/** Watches the paths on one kernel instance, until `signal` is aborted. */
export async function openRawSource(
  { paths, events, dereference }: Options,
  signal: AbortSignal,
): Promise<Source<InotifyEvent>> {
  await using resources = new AsyncDisposableStack();
  const inotify = resources.use(new Inotify());
  const flags = dereference ? 0 : IN.DONT_FOLLOW;
  const mask = events.reduce((mask, event) => mask | event.mask, flags);
  const watches = new Set<number>();
  let heading = "";
  for (const path of paths) {
    const wd = inotify.addWatch(path, mask);
    watches.add(wd);
    heading += `Watching ${toJson(path)} (wd=${wd}), fd=${inotify.fd}\n`;
  }
  const close = () => inotify.close();
  signal.addEventListener("abort", close);
  resources.defer(() => signal.removeEventListener("abort", close));
  const opened = resources.move();
  return {
    subject: countOf(paths.length, "path", "paths"),
    watches: watches.size,
    heading,
    async *batches() {
      while (watches.size > 0 && await inotify.wait() && !signal.aborted) {
        const events = inotify.read();
        yield events;
        for (const { wd, mask } of events) {
          if (mask & IN.IGNORED) watches.delete(wd);
        }
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
