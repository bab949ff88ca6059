/**
 * Code that must compile and, with `@ts-expect-error`, code that must not compile:
 * `deno check` is the test, and nothing here runs.
 */

import {
  watch,
  type Watcher,
  type WatchEvent,
  type WatchEventType,
  type WatchOptions,
} from "../../mod.ts";
import { watchFs } from "../../watch_fs.ts";

/** Compiles only if both types are the same. */
function assertType<Expected>() {
  return <Actual>(
    _actual: Actual,
    ..._same: Same<Expected, Actual> extends true ? [] : ["not the same type"]
  ): void => {};
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

type Vital = "overflow" | "unmount" | "unwatched";

type Default = Exclude<WatchEventType, "access" | "close_nowrite" | "open">;

export async function narrowsByDefault(): Promise<void> {
  const watcher = await watch("/");
  assertType<Watcher<Default>>()(watcher);
  for await (const { type } of watcher) assertType<Default>()(type);
  await watch("/", { recursive: true });
  await watch(["/", new URL("file:///")], {});
}

export async function narrowsByEvents(): Promise<void> {
  const watcher = await watch("/", { events: ["create", "move"] });
  assertType<Watcher<"create" | "move" | Vital>>()(watcher);
  for await (const event of watcher) {
    assertType<"create" | "move" | Vital>()(event.type);
    if (event.type === "move") assertType<string>()(event.from);
    if (event.type === "create") assertType<undefined>()(event.from);
    // @ts-expect-error: The option `events` does not list this kind.
    if (event.type === "delete") event.path;
  }
}

export function hasEveryMember(event: WatchEvent): void {
  assertType<string | undefined>()(event.path);
  assertType<string | undefined>()(event.from);
  assertType<boolean | undefined>()(event.isDirectory);
  assertType<true | undefined>()(event.synthetic);
  assertType<string | undefined>()(event.error?.code);
  if (event.path !== undefined) {
    assertType<Exclude<WatchEventType, "overflow">>()(event.type);
  }
  if (event.isDirectory !== undefined) assertType<string>()(event.path);
  if (event.from !== undefined) assertType<"move">()(event.type);
  if (event.error) assertType<"unwatched">()(event.type);
}

export async function narrowsEverythingItGives(): Promise<void> {
  const watcher = await watch("/", { events: ["delete"] });
  type Event = WatchEvent<"delete" | Vital>;
  for await (const event of watcher.readable) assertType<Event>()(event);
  for await (const batch of watcher.batches()) assertType<Event[]>()(batch);
  const events = watcher[Symbol.asyncIterator]();
  const { value, done } = await events.next();
  if (!done) assertType<Event>()(value);
}

export async function narrowsByNoEvents(): Promise<void> {
  const watcher = await watch("/", { events: [] });
  assertType<Watcher<Vital>>()(watcher);
}

export async function knowsEventsFromElsewhere(
  events: WatchEventType[],
  constant: readonly ["modify"],
): Promise<void> {
  assertType<Watcher<WatchEventType>>()(await watch("/", { events }));
  assertType<Watcher<"modify" | Vital>>()(
    await watch("/", { events: constant }),
  );
}

export function discriminates(event: WatchEvent): void {
  switch (event.type) {
    case "overflow":
      assertType<undefined>()(event.path);
      break;
    case "unwatched":
      assertType<string>()(event.error.code);
      assertType<undefined>()(event.isDirectory);
      break;
    case "delete_self":
    case "move_self":
    case "unmount":
      assertType<string>()(event.path);
      assertType<undefined>()(event.isDirectory);
      break;
    case "move":
      assertType<string>()(event.from);
      assertType<boolean>()(event.isDirectory);
      assertType<true | undefined>()(event.synthetic);
      break;
    default:
      assertType<boolean>()(event.isDirectory);
      assertType<true | undefined>()(event.synthetic);
      assertType<undefined>()(event.from);
  }
}

export function isReadonly(event: WatchEvent<"create">): void {
  // @ts-expect-error: An event cannot be changed.
  event.path = "/";
}

export async function refusesWrongOptions(): Promise<void> {
  // @ts-expect-error: This kind does not exist.
  await watch("/", { events: ["created"] });
  // @ts-expect-error: This option does not exist.
  await watch("/", { recursively: true });
  // @ts-expect-error: The value is "wait" or "error".
  await watch("/", { missing: "ignore" });
  // @ts-expect-error: A number is not a filter.
  await watch("/", { exclude: [3] });
  // @ts-expect-error: A path is required.
  await watch();
  // @ts-expect-error: A path is not a number.
  await watch(3);
}

export const options: WatchOptions = {
  recursive: true,
  maxDepth: 3,
  events: ["create"],
  include: [/a/],
  exclude: [/a/, (path, isDirectory) => isDirectory && path === "/"],
  missing: "wait",
  initial: true,
  highWaterMark: 10,
  signal: new AbortController().signal,
  relative: true,
  onProgress: ({ directories, path }) => console.log(directories, path),
  onWarning: ({ path, fileSystem, reason }) =>
    console.log(path, fileSystem?.length, reason.length),
};

// It accepts the same calls as the original, also when it is passed as a value.
export const dropIn: typeof Deno.watchFs = watchFs;
