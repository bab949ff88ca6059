/** A walk that takes many seconds on any machine. */

import type { TestDirectory } from "./directory.ts";

/**
 * Fills a directory, and returns the arguments with which the command takes so
 * long to watch it: a pattern that matches none of the names, but only after it
 * tried every way to split them.
 */
export function slowWalk(directory: TestDirectory): string[] {
  const path = Array(40).fill("a".repeat(20)).join("/");
  Deno.mkdirSync(directory.at(path), { recursive: true });
  return ["-r", "--exclude", "(a+)+!", directory.path];
}
