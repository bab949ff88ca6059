/** What a watcher tells: events with true paths, as a discriminated union. */

import type { SystemError } from "../kernel/errno.ts";

/**
 * The kinds of event that are about one path in a watched tree.
 *
 * @example
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
 * The kinds of event that are about a path that was given to the watcher.
 *
 * @example
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
 * @example
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
 * Something happened to `path`.
 *
 * A `moved_from` went out of the watched trees, a `moved_to` came into them;
 * for a directory either stands for all that lies below it, too.
 *
 * @example
 * ```ts
 * import type { EntryEvent } from "@x/inotify";
 *
 * function isComplete({ type, isDirectory }: EntryEvent): boolean {
 *   return type === "close_write" || type === "moved_to" && !isDirectory;
 * }
 * ```
 */
export interface EntryEvent<Type extends EntryEventType = EntryEventType> {
  /** What happened. */
  readonly type: Type;
  /** The path that the entry has at this point of the events' order. */
  readonly path: string;
  /** Whether it is a directory. */
  readonly isDirectory: boolean;
  /** Set where the watcher found it itself, by looking at what is there. */
  readonly synthetic?: true;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * An entry was moved from one place in the watched trees to another.
 *
 * @example
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
  /** The path that the entry had. */
  readonly from: string;
  /** The path that it has now. What was there is gone. */
  readonly path: string;
  /** Whether it is a directory; then all that lies below moved with it. */
  readonly isDirectory: boolean;
  /** Never set: by looking, a move is found as a `delete` and a `create`. */
  readonly synthetic?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * Something happened to a path that was given to the watcher.
 *
 * @example
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
  /** What happened: it was deleted, moved away, or its file system unmounted. */
  readonly type: Type;
  /** The path as it was given; for `unmount` also one below it. */
  readonly path: string;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Unknown. */
  readonly isDirectory?: undefined;
  /** Never set. */
  readonly synthetic?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * The kernel's queue was full and it dropped events; the difference follows.
 *
 * @example
 * ```ts
 * import type { WatchEvent } from "@x/inotify";
 *
 * function warn(event: WatchEvent): void {
 *   if (event.type !== "overflow") return;
 *   console.warn("Some was told late: raise fs.inotify.max_queued_events");
 * }
 * ```
 */
export interface OverflowEvent {
  /** What happened. */
  readonly type: "overflow";
  /** It is about all paths. */
  readonly path?: undefined;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** It is about no entry. */
  readonly isDirectory?: undefined;
  /** Never set. */
  readonly synthetic?: undefined;
  /** Only an {@linkcode UnwatchedEvent} has it. */
  readonly error?: undefined;
}

/**
 * What is at `path` cannot be followed: a directory, or a path that was given.
 *
 * @example
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
   * Where it is. Nothing more is reported of what is there; a directory below a
   * path that was given is tried again when its permissions change.
   */
  readonly path: string;
  /** Why. */
  readonly error: SystemError;
  /** Only a {@linkcode MoveEvent} has it. */
  readonly from?: undefined;
  /** Unknown. */
  readonly isDirectory?: undefined;
  /** Never set. */
  readonly synthetic?: undefined;
}

/**
 * An event of a watcher; `Type` narrows it to some kinds.
 *
 * Every kind has the members `path`, `from`, `isDirectory`, `synthetic` and
 * `error`, which are `undefined` where they do not apply: `event.path` compiles
 * without a check of `type`, and a check of any of them narrows the type.
 *
 * @example
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
