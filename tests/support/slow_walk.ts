/** Walks that take their time on any machine. */

import type { TestDirectory } from "./directory.ts";

/** Makes 41 directories, one in the other, and returns the path of the first. */
export function makeDeep(directory: TestDirectory): string {
  const path = directory.at("deep");
  Deno.mkdirSync(path + "/a".repeat(40), { recursive: true });
  return path;
}

/** A filter for `exclude` with which that takes 2 ms for each directory. */
export function slowly(path: string): boolean {
  const end = performance.now() + 2;
  while (path.includes("/deep") && performance.now() < end);
  return false;
}

/**
 * Fills a directory, and returns the arguments with which the command takes
 * many seconds to watch it: a pattern that matches none of the names, but only
 * after it tried every way to split them.
 */
export function slowWalk(directory: TestDirectory): string[] {
  const path = Array(40).fill("a".repeat(20)).join("/");
  Deno.mkdirSync(directory.at(path), { recursive: true });
  return ["-r", "--exclude", "(a+)+!", directory.path];
}
