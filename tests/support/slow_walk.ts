/** Makes a walk slow on every machine. */

import type { TestDirectory } from "./directory.ts";

/** Creates 41 nested directories, and returns the path of the first. */
export function makeDeep(directory: TestDirectory): string {
  const path = directory.at("deep");
  Deno.mkdirSync(path + "/a".repeat(40), { recursive: true });
  return path;
}

/** A filter for `exclude` that takes 2 ms for each directory. */
export function slowly(path: string): boolean {
  const end = performance.now() + 2;
  while (path.includes("/deep") && performance.now() < end);
  return false;
}

/**
 * Fills a directory, and returns arguments with which the command needs many
 * seconds to watch it: an expression that tries every way to split the names, and
 * matches none. Each of the many steps is short, so that the command ends soon
 * after a signal.
 */
export function slowWalk(directory: TestDirectory): string[] {
  const path = Array(150).fill("a".repeat(15)).join("/");
  Deno.mkdirSync(directory.at(path), { recursive: true });
  return ["-r", "--exclude", "(a+)+!", directory.path];
}
