/** `watchFs()`: the interface of `Deno.watchFs` on top of a `Watcher`. */

import { assertExists } from "../kernel/stat.ts";
import { Libc } from "../kernel/libc.ts";
import { joinPath } from "../kernel/byte_path.ts";
import { resolvePath, toAbsolute } from "../roots/resolve_path.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import type { DefaultEventType as Type } from "./options.ts";
import { Watcher } from "./watcher.ts";

/**
 * Options of {@linkcode watchFs}.
 *
 * @example
 * ```ts
 * import { watchFs } from "@x/inotify/watch-fs";
 *
 * const directory = await Deno.makeTempDir();
 * using watcher = watchFs(directory, { ignore: `${directory}/.git` });
 * ```
 */
export interface WatchFsOptions {
  /**
   * Whether to watch directories with all that lies below them.
   *
   * @default {true}
   */
  recursive?: boolean;
  /**
   * A path or several to pass by, with all that lies below them: they cost no
   * watch. A relative one counts from the working directory.
   */
  ignore?: string | readonly string[];
}

/** The kinds of event that say all there is to say about their path. */
const FS_EVENT_KINDS = {
  attrib: "modify",
  close_write: "access",
  create: "create",
  delete: "remove",
  delete_self: "remove",
  modify: "modify",
  move_self: "remove",
  moved_from: "remove",
  moved_to: "rename",
  unmount: "remove",
  unwatched: "other",
} as const satisfies Partial<Record<Type, Deno.FsEvent["kind"]>>;

/** The events of a {@linkcode Watcher}, as `Deno.watchFs` has them. */
class FsWatcher implements Deno.FsWatcher, AsyncIterableIterator<Deno.FsEvent> {
  readonly #watcher: Watcher<Type>;
  // A generator keeps the order for those who call `next()` all at once.
  readonly #events: AsyncGenerator<Deno.FsEvent, undefined>;
  #isClosed = false;

  constructor(watcher: Watcher<Type>) {
    this.#watcher = watcher;
    this.#events = translateAll(watcher);
  }

  async next(): Promise<IteratorResult<Deno.FsEvent, undefined>> {
    const result = await this.#events.next();
    // What was there before it was closed is told no longer.
    return this.#isClosed ? await this.return<undefined>() : result;
  }

  async return<Value>(
    value?: Value,
  ): Promise<IteratorReturnResult<Value | undefined>> {
    this.close();
    await this.#watcher.close();
    return { done: true, value };
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher.close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Watches `paths`, files or directories, as `Deno.watchFs` does: with the same
 * arguments, the same interface and the same kinds of event, on top of
 * {@linkcode Watcher}. To use it instead, change where `watchFs` comes from.
 *
 * It returns when all is watched: from then on nothing is missed. The path of
 * an event is absolute, and no other than the file has at this point of the
 * events. They come as follows:
 *
 * | kind     | paths        | what happened                                   |
 * | -------- | ------------ | ----------------------------------------------- |
 * | `create` | `[path]`     | an entry came to be                             |
 * | `modify` | `[path]`     | its contents or its attributes changed          |
 * | `access` | `[path]`     | a file was closed after writing: it is complete |
 * | `remove` | `[path]`     | it was deleted, or moved out of what is watched |
 * | `rename` | `[path]`     | it was moved there, from wherever               |
 * | `rename` | `[from, to]` | it was moved within what is watched             |
 * | `other`  | `[]`         | the kernel dropped events; `flag` is `"rescan"` |
 * | `other`  | `[path]`     | this directory cannot be followed               |
 *
 * A move within what is watched gives three of them, like with `Deno.watchFs`:
 * `remove` of the old path, `rename` of the new one, `rename` of both. After
 * `rescan` the difference follows, so that nothing is left to do. A file that
 * was found in a new directory gives a `modify` behind its `create`, since its
 * contents may be there already.
 *
 * Where it differs: files in new directories, directories that are moved, and
 * files that are replaced are not lost. A path goes on being watched when it is
 * deleted and made again. `ignore` saves the watches, too. It needs
 * `--allow-ffi` in the place of `--allow-read`. Until it is closed, it keeps
 * the program running, also while nobody iterates over it. After `close()` a
 * thread is about to end: `await watcher.return()` waits for that, as does
 * leaving a loop.
 *
 * @throws {Deno.errors.NotFound} If a path does not exist.
 * @throws {Deno.errors.NotADirectory} If a path leads through what is no
 * directory.
 * @throws {Deno.errors.FilesystemLoop} If a path has too many symbolic links.
 * @throws {TypeError} If a path has a NUL.
 * @throws {Deno.errors.PermissionDenied} If a path, or a directory below it,
 * may not be read.
 * @throws {WatchLimitError} If there are more directories than watches.
 * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
 * @throws {Deno.errors.NotSupported} If the platform is not Linux.
 *
 * @example
 * ```ts
 * import { watchFs } from "@x/inotify/watch-fs";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * const watcher = watchFs(directory);
 * await Deno.writeTextFile(`${directory}/new.txt`, "Hello");
 *
 * for await (const { kind, paths } of watcher) {
 *   assertEquals(kind, "create");
 *   assertEquals(paths, [`${directory}/new.txt`]);
 *   break;
 * }
 * ```
 */
export function watchFs(
  paths: string | readonly string[],
  options: WatchFsOptions = {},
): Deno.FsWatcher {
  const { recursive = true, ignore = [] } = options;
  using libc = Libc.acquire();
  const roots = toList(paths).map((path) => locate(path, libc));
  for (const { path } of roots) assertExists(path, libc);
  const ignored = toList(ignore).map((path) => locate(path, libc));
  const watched = roots.filter((root) =>
    !ignored.some((each) =>
      isWithin(root.path, each.path) || isWithin(root.real, each.real)
    )
  );
  const excluded = ignored.flatMap((each) => namesOf(each, watched));
  const watcher = Watcher.openSync<Type>(watched.map(({ path }) => path), {
    recursive,
    // It has to be there, but may be replaced from then on.
    missing: "wait",
    strict: true,
    exclude: excluded.map((each) => (path: string) => isWithin(path, each)),
  });
  return new FsWatcher(watcher);
}

/** A path, absolute, and where it leads to through symbolic links. */
interface PathPair {
  readonly path: string;
  readonly real: string;
}

function locate(path: string, libc: Libc): PathPair {
  const absolute = normalize(toAbsolute(path || ".", libc));
  const { components } = resolvePath({
    absolutePath: absolute,
    path,
    followSymlinks: true,
  }, libc);
  const { directory, name } = components.at(-1)!;
  return { path: absolute, real: joinPath(directory, name) };
}

/** The paths by which `place` is met below `roots`. */
function namesOf(place: PathPair, roots: readonly PathPair[]): string[] {
  const within = roots.filter(({ real }) => isWithin(place.real, real));
  const names = within.map(({ path, real }) =>
    joinPath(path, place.real.slice(real.length).replace("/", ""))
  );
  return [...new Set([place.path, ...names])];
}

/** The absolute `path` without `.` and `..` and what else says nothing. */
function normalize(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function isWithin(path: string, directory: string): boolean {
  return path.startsWith(directory) &&
    (path.length === directory.length || directory.endsWith("/") ||
      path[directory.length] === "/");
}

function toList(paths: string | readonly string[]): readonly string[] {
  return typeof paths === "string" ? [paths] : paths;
}

async function* translateAll(
  events: AsyncIterable<WatchEvent<Type>>,
): AsyncGenerator<Deno.FsEvent, undefined> {
  for await (const event of events) yield* translate(event);
}

function* translate(event: WatchEvent<Type>): Generator<Deno.FsEvent> {
  if (event.type === "overflow") {
    yield { kind: "other", paths: [], flag: "rescan" };
    return;
  }
  const { path, type } = event;
  if (type === "move") {
    yield { kind: "remove", paths: [event.from] };
    yield { kind: "rename", paths: [path] };
    yield { kind: "rename", paths: [event.from, path] };
    return;
  }
  yield { kind: FS_EVENT_KINDS[type], paths: [path] };
  if (type === "create" && event.synthetic && !event.isDirectory) {
    yield { kind: "modify", paths: [path] };
  }
}
