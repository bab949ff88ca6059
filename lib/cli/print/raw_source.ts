/** The source of `--raw`: the kernel's own events. */

import type { InotifyEvent } from "../../kernel/inotify_event.ts";
import { Inotify } from "../../kernel/inotify.ts";
import { IN } from "../../kernel/mask.ts";
import { joinPath } from "../../kernel/byte_path.ts";
import { UsageError } from "../arguments/tokens.ts";
import type { Options } from "../arguments/options.ts";
import type { Source } from "../source.ts";
import { countOf, toJson } from "./escape.ts";

/**
 * Watches the paths with one kernel instance, until `signal` is aborted. Writes to
 * files for which `isOwn` returns `true` are not reported.
 *
 * @throws {UsageError} If a path is excluded, because the kernel cannot do that.
 */
export async function openRawSource(
  options: Options,
  signal: AbortSignal,
  isOwn?: (path: string) => boolean,
): Promise<Source<InotifyEvent>> {
  const { paths, events, dereference, terminator } = options;
  const [excluded] = options.excludedPaths;
  if (excluded !== undefined) {
    throw new UsageError(`Cannot combine "@${excluded}" with --raw`);
  }
  await using resources = new AsyncDisposableStack();
  const inotify = resources.use(new Inotify());
  const flags = dereference ? 0 : IN.DONT_FOLLOW;
  const mask = events.reduce((mask, event) => mask | event.mask, flags);
  const watches = new Map<number, string>();
  let heading = "";
  for (const path of paths) {
    const wd = inotify.addWatch(path, mask);
    watches.set(wd, path);
    heading += `Watching ${toJson(path)} (wd=${wd}), fd=${inotify.fd}`;
    heading += terminator;
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
        const others = events.filter(({ wd, mask, name }) =>
          !(mask & IN.MODIFY && isOwn?.(joinPath(watches.get(wd) ?? "", name)))
        );
        if (others.length > 0) yield others;
        for (const { wd, mask } of events) {
          if (mask & IN.IGNORED) watches.delete(wd);
        }
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
