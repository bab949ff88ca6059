/** `watchFs()`: the interface of `Deno.watchFs` for a `Watcher`. */

import { assertExists } from "../kernel/stat.ts";
import { Libc } from "../kernel/libc.ts";
import { InotifyShare } from "../kernel/shared_inotify.ts";
import { joinPath } from "../kernel/byte_path.ts";
import { lookAt, toAbsolute, walkPath } from "../roots/resolve_path.ts";
import type { WatchEvent } from "../tree/watch_event.ts";
import type { DefaultEventType as Type } from "./options.ts";
import { Watcher } from "./watcher.ts";

/**
 * Options of {@linkcode watchFs}.
 *
 * @example Ignoring a directory
 * ```ts
 * import { watchFs } from "@x/inotify/watch-fs";
 *
 * const directory = await Deno.makeTempDir();
 * using watcher = watchFs(directory, { ignore: `${directory}/.git` });
 * ```
 */
export interface WatchFsOptions {
  /**
   * Whether to watch directories and everything below them.
   *
   * @default {true}
   */
  recursive?: boolean;
  /**
   * A path or a list of paths to skip, with everything below them. They use no
   * watches. A relative path is relative to the working directory.
   */
  ignore?: string | readonly string[];
}

/** The kinds of event that become one event of `Deno.watchFs`. */
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

/**
 * The result of {@linkcode watchFs}: that of `Deno.watchFs`, with two more members.
 *
 * @example Ending a program that still watches
 * ```ts
 * import { type FsWatcher, watchFs } from "@x/inotify/watch-fs";
 *
 * using watcher: FsWatcher = watchFs(await Deno.makeTempDir());
 * watcher.unref?.();
 * (async () => {
 *   for await (const event of watcher) console.log(event);
 * })();
 * // The main work of the program is here. When it is done, the program ends.
 * ```
 */
export interface FsWatcher extends Deno.FsWatcher {
  /**
   * Lets the program end even if it iterates over the watcher. It is missing on
   * other platforms than Linux.
   */
  unref?(): void;
  /**
   * Undoes {@linkcode FsWatcher.unref}: iterating keeps the program running, which
   * is the default. It is missing on other platforms than Linux.
   */
  ref?(): void;
}

/** How many microtasks a loop takes at most between two calls of `next()`. */
const MICROTASKS_BETWEEN = 16;

/** Translates the events of a {@linkcode Watcher} into those of `Deno.watchFs`. */
class LinuxFsWatcher implements FsWatcher, AsyncIterableIterator<Deno.FsEvent> {
  readonly #watcher: Watcher<Type>;
  // A generator keeps the order of several calls of `next()` at once.
  readonly #events: AsyncGenerator<Deno.FsEvent, undefined>;
  /** How many calls of `next()` wait. */
  #waiting = 0;
  #isUnref = false;
  #isRelaxing = false;
  #isClosed = false;

  constructor(watcher: Watcher<Type>) {
    this.#watcher = watcher;
    this.#events = translateAll(watcher);
    this.#relax();
  }

  async next(): Promise<IteratorResult<Deno.FsEvent, undefined>> {
    this.#waiting++;
    this.#applyRef();
    const result = await this.#events.next().finally(() => {
      this.#waiting--;
      this.#relax();
    });
    // After it was closed, queued events are not reported any more.
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

  unref(): void {
    this.#isUnref = true;
    this.#applyRef();
  }

  ref(): void {
    this.#isUnref = false;
    this.#applyRef();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Keeps the program running only while somebody waits for an event. */
  #applyRef(): void {
    if (this.#isClosed) return;
    if (this.#waiting > 0 && !this.#isUnref) this.#watcher.ref();
    else this.#watcher.unref();
  }

  /** Calls `#applyRef()`, unless a loop is about to call `next()` again. */
  async #relax(): Promise<void> {
    if (this.#isRelaxing) return;
    this.#isRelaxing = true;
    for (let i = 0; i < MICROTASKS_BETWEEN; i++) await null;
    this.#isRelaxing = false;
    this.#applyRef();
  }
}

/**
 * Watches files and directories with the interface of `Deno.watchFs`: the same
 * arguments, and the same kinds of event. To replace `Deno.watchFs`, import this
 * function.
 *
 * It returns when everything is watched. No change after that is missed. It blocks
 * until then, as `Deno.watchFs` does, even if the server of a network file system
 * does not answer. The path of an event is absolute, and it is the path of the file
 * at this point of the event order:
 *
 * | kind     | paths        | what happened                                       |
 * | -------- | ------------ | --------------------------------------------------- |
 * | `create` | `[path]`     | an entry was created                                |
 * | `modify` | `[path]`     | the contents or attributes of an entry changed      |
 * | `access` | `[path]`     | a file was closed after writing: it is complete     |
 * | `remove` | `[path]`     | an entry was deleted, or moved out of the paths     |
 * | `rename` | `[path]`     | an entry was moved to this path                     |
 * | `rename` | `[from, to]` | an entry was moved within the watched paths         |
 * | `other`  | `[]`         | the kernel dropped events; `flag` is `"rescan"`     |
 * | `other`  | `[path]`     | the directory cannot be followed                    |
 *
 * As with `Deno.watchFs`, a move within the watched paths has three events:
 * `remove` of the old path, `rename` of the new path, and `rename` of both. After
 * `rescan`, events report what changed. The `create` of a file that was found in a
 * new directory is followed by a `modify`, because the file may have contents
 * already.
 *
 * It differs from `Deno.watchFs` in these points:
 *
 * - It does not miss files in new directories, renames of directories, or
 *   replaced files. A path is still watched after it was deleted and created
 *   again.
 * - Paths in `ignore` use no watches.
 * - It needs `--allow-ffi` instead of `--allow-read`.
 * - It has {@linkcode FsWatcher.unref}.
 * - `close()` returns before the background thread has ended that all watchers
 *   share; `await watcher.return()` waits for it, as does leaving a loop.
 *
 * As with `Deno.watchFs`, all watchers share one inotify instance, and only
 * iterating over a watcher keeps the program running. On other platforms than
 * Linux, it is `Deno.watchFs`, with that function's permissions and events.
 *
 * @param paths The path to watch, or a list of paths.
 * @param options What to watch below the paths.
 * @returns The watcher, an async iterable of events.
 *
 * @throws {Deno.errors.NotFound} If a path does not exist.
 * @throws {Deno.errors.NotADirectory} If a path leads through a file.
 * @throws {Deno.errors.FilesystemLoop} If a path has too many symbolic links.
 * @throws {TypeError} If a path contains a NUL or is not a string.
 * @throws {Deno.errors.PermissionDenied} If a path, or a directory below it,
 * may not be read.
 * @throws {WatchLimitError} If there are more directories than watches.
 * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
 *
 * @example Watching a directory
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
): FsWatcher {
  return implementationFor(Deno.build.os)(paths, options);
}

/** Returns what {@linkcode watchFs} does on an operating system. */
export function implementationFor(
  os: typeof Deno.build.os,
): (paths: string | readonly string[], options: WatchFsOptions) => FsWatcher {
  return os === "linux" ? watchOnLinux : Deno.watchFs as typeof watchOnLinux;
}

function watchOnLinux(
  paths: string | readonly string[],
  options: WatchFsOptions,
): FsWatcher {
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
    // The path has to exist now, but may be replaced later.
    missing: "wait",
    strict: true,
    source: () => new InotifyShare(),
    exclude: excluded.map((each) => (path: string) => isWithin(path, each)),
  });
  return new LinuxFsWatcher(watcher);
}

/** An absolute path, and the path to which its symbolic links lead. */
interface PathPair {
  readonly path: string;
  readonly real: string;
}

function locate(path: string, libc: Libc): PathPair {
  const absolute = normalize(toAbsolute(path || ".", libc));
  const { directory, name } = walkPath(
    { absolutePath: absolute, path, followSymlinks: true },
    (location) => lookAt(location, path, libc),
    libc,
  );
  return { path: absolute, real: joinPath(directory, name) };
}

/** Returns the paths that `place` has below `roots`. */
function namesOf(place: PathPair, roots: readonly PathPair[]): string[] {
  const within = roots.filter(({ real }) => isWithin(place.real, real));
  const names = within.map(({ path, real }) =>
    joinPath(path, place.real.slice(real.length).replace("/", ""))
  );
  return [...new Set([place.path, ...names])];
}

/** Returns the absolute `path` without `.`, `..` and repeated slashes. */
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

/** Returns a path, or a list of paths, as a list. */
function toList(paths: string | readonly string[]): readonly string[] {
  const list: readonly string[] = Array.isArray(paths) ? paths : [paths];
  for (const path of list) {
    if (typeof path === "string") continue;
    throw new TypeError(
      `Cannot use ${Deno.inspect(path)} as a path: expected a string`,
    );
  }
  return list;
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
