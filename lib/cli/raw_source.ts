/** What the kernel says, with nothing in between: `--raw`. */

import { Inotify } from "../inotify.ts";
import { IN } from "../mask.ts";
import { countOf } from "./count.ts";
import { toJson } from "./escape.ts";
import type { Options } from "./flags.ts";
import { formatRaw } from "./format.ts";
import type { Source } from "./source.ts";

/** Watches the paths on one kernel instance, until `signal` is aborted. */
export async function openRawSource(
  { paths, events }: Options,
  signal: AbortSignal,
): Promise<Source> {
  await using resources = new AsyncDisposableStack();
  const inotify = resources.use(new Inotify());
  const mask = events.reduce((mask, event) => mask | event.mask, 0);
  const watches = new Set<number>();
  let preamble = "";
  for (const path of paths) {
    const wd = inotify.addWatch(path, mask);
    watches.add(wd);
    preamble += `Watching ${toJson(path)} (wd=${wd}), fd=${inotify.fd}\n`;
  }
  const close = () => inotify.close();
  signal.addEventListener("abort", close);
  resources.defer(() => signal.removeEventListener("abort", close));
  const opened = resources.move();
  return {
    subject: countOf(paths.length, "path", "paths"),
    preamble,
    async *texts() {
      while (watches.size > 0 && await inotify.wait() && !signal.aborted) {
        const events = inotify.read();
        yield formatRaw(events);
        for (const { wd, mask } of events) {
          if (mask & IN.IGNORED) watches.delete(wd);
        }
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
