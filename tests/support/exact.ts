/** Compares the reported events with the disk. */

import { assertEquals } from "@std/assert";
import type { WatchEvent } from "../../mod.ts";
import { countDirectories, Model, readTree } from "../storm/model.ts";
import type { Observation } from "./observation.ts";
import { countAbove, countWatches } from "./process.ts";

/** Asserts that applying `events` to the entries `before` gives the entries on disk. */
export function assertExact(
  events: readonly WatchEvent[],
  root: string,
  before = new Map([[root, true]]),
): void {
  const model = new Model(before);
  for (const event of events) model.apply(event);
  assertEquals(model.anomalies, []);
  assertEquals(sorted(model.entries), sorted(readTree(root)));
}

/**
 * Asserts that `root`, each directory below it, and each directory above it has one
 * watch, also by the kernel's count.
 */
export function assertWatches({ watcher }: Observation, root: string): void {
  assertEquals(
    watcher.watchCount,
    countDirectories(readTree(root)) + countAbove(root),
  );
  assertEquals(countWatches(), watcher.watchCount);
}

/** Asserts also that each of these watches ended with its directory. */
export async function assertFollowed(
  observed: Observation,
  root: string,
): Promise<void> {
  assertWatches(observed, root);
  for (const [path, isDirectory] of readTree(root)) {
    if (!isDirectory) continue;
    const probe = `${path}/probe`;
    Deno.mkdirSync(probe);
    assertEquals(await observed.takeEvents(), [
      { type: "create", path: probe, isDirectory: true },
    ]);
    Deno.removeSync(probe);
    await observed.take();
  }
}

/** Returns the entries of a tree in an order in which they can be compared. */
export function sorted(
  entries: ReadonlyMap<string, boolean>,
): [string, boolean][] {
  return [...entries].sort(([a], [b]) => a < b ? -1 : 1);
}
