/** The types of the events of a watcher, a discriminated union by `type`. */

import type { SystemError } from "../kernel/errno.ts";

/**
 * The kinds of {@linkcode EntryEvent}. {@linkcode WatchEventType} has the meaning
 * of each.
 *
 * @example Asking for events about reading
 * ```ts
 * import type { EntryEventType } from "@x/inotify";
 *
 * const reading: EntryEventType[] = ["access", "open", "close_nowrite"];
 * ```
 */
export type EntryEventType =
  | "access"
  | "attrib"
  | "close_nowrite"
  | "close_write"
  | "create"
  | "delete"
  | "modify"
  | "moved_from"
  | "moved_to"
  | "open";

/**
 * The kinds of {@linkcode SelfEvent}. {@linkcode WatchEventType} has the meaning of
 * each.
 *
 * @example Listing the kinds after which a path is gone
 * ```ts
 * import type { SelfEventType } from "@x/inotify";
 *
 * const leaving: SelfEventType[] = ["delete_self", "move_self"];
 * ```
 */
export type SelfEventType = "delete_self" | "move_self" | "unmount";

/**
 * Every kind of event.
 *
 * | kind            | what happened                                                   |
 * | --------------- | --------------------------------------------------------------- |
 * | `create`        | an entry was created                                            |
 * | `delete`        | an entry was deleted                                            |
 * | `modify`        | the contents of a file changed                                  |
 * | `attrib`        | permissions, owner, times or other attributes changed           |
 * | `close_write`   | a file was closed after it was opened for writing: it is complete |
 * | `move`          | an entry moved within the watched trees, from `from` to `path`  |
 * | `moved_from`    | an entry moved out of the watched trees                         |
 * | `moved_to`      | an entry moved into the watched trees                           |
 * | `delete_self`   | a path given to the watcher was deleted                         |
 * | `move_self`     | a path given to the watcher was moved                           |
 * | `unmount`       | a file system in a watched tree was unmounted                   |
 * | `overflow`      | the kernel dropped events; synthetic events report what changed |
 * | `unwatched`     | `path` cannot be followed; `error` says why                     |
 * | `access`        | a file was read                                                 |
 * | `open`          | a file or directory was opened                                  |
 * | `close_nowrite` | it was closed without having been opened for writing            |
 *
 * The last three are reported only if the option `events` lists them. `overflow`,
 * `unmount` and `unwatched` are always reported.
 *
 * @example Counting events by kind
 * ```ts
 * import type { WatchEventType } from "@x/inotify";
 *
 * const counts: Partial<Record<WatchEventType, number>> = {};
 * ```
 */
export type WatchEventType =
  | EntryEventType
  | SelfEventType
  | "move"
  | "overflow"
  | "unwatched";

/**
 * An event of an entry in a watched directory, or of a given file.
 *
 * A `delete`, `moved_from` or `moved_to` of a directory is about the directory and
 * everything below it. After `moved_to`, the entries below it are reported as
 * synthetic `create`, if the watcher is recursive.
 *
 * @typeParam Type The kinds that this event may have.
 *
 * @example Reading the members of an event
 * ```ts
 * import type { EntryEvent } from "@x/inotify";
 *
 * function isComplete({ type, isDirectory }: EntryEvent): boolean {
 *   return type === "close_write" || type === "moved_to" && !isDirectory;
 * }
 * ```
 */
export interface EntryEvent<Type extends EntryEventType = EntryEventType> {
  /** What happened: see {@linkcode WatchEventType}. */
  readonly type: Type;
  /** The path of the entry at this point of the event order. */
  readonly path: string;
  /** Whether the entry is a directory. */
  readonly isDirectory: boolean;
  /** Set if the watcher found the change by listing a directory. */
  readonly synthetic?: true;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * An entry was moved within the watched trees, from `from` to `path`.
 *
 * @example Following a rename in an index
 * ```ts
 * import type { MoveEvent } from "@x/inotify";
 *
 * function rename(index: Map<string, string>, { from, path }: MoveEvent): void {
 *   const entry = index.get(from);
 *   index.delete(from);
 *   if (entry !== undefined) index.set(path, entry);
 * }
 * ```
 */
export interface MoveEvent {
  /** What happened. */
  readonly type: "move";
  /** The old path of the entry. */
  readonly from: string;
  /** The new path of the entry. Another entry at this path was replaced. */
  readonly path: string;
  /** Whether it is a directory. Everything below it moved with it. */
  readonly isDirectory: boolean;
  /** Set where the watcher found it itself, by looking at what is there. */
  readonly synthetic?: true;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * A path that was given to the watcher was deleted or moved, or a file system was
 * unmounted.
 *
 * @typeParam Type The kinds that this event may have.
 *
 * @example Noticing that a watched directory is gone
 * ```ts
 * import { watch } from "@x/inotify";
 *
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory);
 * await Deno.remove(directory);
 *
 * for await (const event of watcher) {
 *   if (event.type === "delete_self") console.log(`${event.path} is gone`);
 * }
 * ```
 */
export interface SelfEvent<Type extends SelfEventType = SelfEventType> {
  /** What happened: see {@linkcode WatchEventType}. */
  readonly type: Type;
  /** The path as it was given. For `unmount` it may be below a given path. */
  readonly path: string;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Not set, because the watcher may not know it. */
  readonly isDirectory?: undefined;
  /** Never set. */
  readonly synthetic?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * The kernel's queue was full, and the kernel dropped events. The watcher then
 * reads the trees again and reports what changed as synthetic events.
 *
 * @example Warning about a small queue
 * ```ts
 * import type { WatchEvent } from "@x/inotify";
 *
 * function warn(event: WatchEvent): void {
 *   if (event.type !== "overflow") return;
 *   console.warn("Some events are late: raise fs.inotify.max_queued_events");
 * }
 * ```
 */
export interface OverflowEvent {
  /** What happened. */
  readonly type: "overflow";
  /** Not set: the event is about all paths. */
  readonly path?: undefined;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Not set: the event is about all paths. */
  readonly isDirectory?: undefined;
  /** Never set. */
  readonly synthetic?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * A directory, or a given path, cannot be followed.
 *
 * @example Warning about what is not watched
 * ```ts
 * import type { WatchEvent } from "@x/inotify";
 *
 * function warn(event: WatchEvent): void {
 *   if (event.type !== "unwatched") return;
 *   console.warn(`Not watching ${event.path}: ${event.error.message}`);
 * }
 * ```
 */
export interface UnwatchedEvent {
  /** What happened. */
  readonly type: "unwatched";
  /**
   * The path that cannot be followed. Changes at and below it are not reported
   * any more. A directory below a given path is tried again when it or a directory
   * on its path changes its permissions or is moved, and when watches become
   * available.
   */
  readonly path: string;
  /** Why `path` cannot be followed. */
  readonly error: SystemError;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Not set, because the watcher may not know it. */
  readonly isDirectory?: undefined;
  /** Never set. */
  readonly synthetic?: undefined;
}

/**
 * An event of a watcher. {@linkcode WatchEventType} has the meaning of each kind.
 *
 * Every kind has the members `path`, `from`, `isDirectory`, `synthetic` and
 * `error`. A member that does not apply is `undefined`. So `event.path` compiles
 * without a check of `type`, and a check of any member narrows the type.
 *
 * @typeParam Type The kinds that this event may have.
 *
 * @example Narrowing an event by its type
 * ```ts
 * import type { WatchEvent } from "@x/inotify";
 *
 * function describe(event: WatchEvent<"create" | "move">): string {
 *   return event.type === "move"
 *     ? `${event.from} is now ${event.path}`
 *     : `${event.path} is new`;
 * }
 * ```
 */
export type WatchEvent<Type extends WatchEventType = WatchEventType> =
  Type extends EntryEventType ? EntryEvent<Type>
    : Type extends SelfEventType ? SelfEvent<Type>
    : Type extends "move" ? MoveEvent
    : Type extends "overflow" ? OverflowEvent
    : UnwatchedEvent;
