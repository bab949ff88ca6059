/** The filters in the options `include` and `exclude`. */

import type { BasePaths } from "../roots/base_paths.ts";
import { IgnoreRules } from "./ignore_rules.ts";

/**
 * Picks paths below a watched path: never the watched path itself, and nothing
 * depends on what it is called or where it lies.
 *
 * - A string is a line of a `.gitignore` file in the watched path:
 *   `"node_modules"`, `"dist/"`, `"/build"`, `"*.log"`, and after that
 *   `"!keep.log"`. The strings of a list are lines of one file. See
 *   gitignore(5).
 * - A pattern is matched against the path from the watched path on, which
 *   begins with a slash: `/^\/src\//`.
 * - A function is called with the path as it is reported, and with whether it
 *   is a directory. It must not change what is watched. If it throws, the
 *   watcher closes, and iterating over it throws the same.
 *
 * @example Skip what the build makes
 * ```ts
 * import { type PathFilter, watch } from "@x/inotify";
 *
 * const exclude: PathFilter[] = [
 *   "node_modules",
 *   /\.(tmp|swp)$/,
 *   (path, isDirectory) => isDirectory && path.endsWith(".cache"),
 * ];
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, { recursive: true, exclude });
 * ```
 */
export type PathFilter =
  | string
  | RegExp
  | ((path: string, isDirectory: boolean) => boolean);

/** Returns whether a path is one of those that are meant. */
export type PathTest = (path: string, isDirectory: boolean) => boolean;

/** Returns whether `value` is a filter. */
export function isPathFilter(value: unknown): value is PathFilter {
  return typeof value === "string" || value instanceof RegExp ||
    typeof value === "function";
}

/**
 * Returns a test whether any of `filters` picks a path, `undefined` if there is
 * none. A line picks what lies in a directory that it picks, too.
 */
export function compileFilters(
  filters: PathFilter | readonly PathFilter[] = [],
  basePaths: BasePaths,
): PathTest | undefined {
  const all = isPathFilter(filters) ? [filters] : filters;
  if (all.length === 0) return undefined;
  const lines = all.filter((filter) => typeof filter === "string");
  const tests = all.flatMap((filter) => compileFilter(filter));
  if (lines.length > 0) tests.push(compileLines(lines));
  return (path, isDirectory) => {
    const below = basePaths.below(path);
    return below !== "" &&
      tests.some((test) => test(below, path, isDirectory));
  };
}

type BelowTest = (below: string, path: string, isDirectory: boolean) => boolean;

function compileFilter(filter: PathFilter): BelowTest[] {
  if (typeof filter === "string") return [];
  if (typeof filter === "function") {
    return [(_, path, isDirectory) => filter(path, isDirectory)];
  }
  // Without these flags a pattern does not remember where it last matched.
  const pattern = new RegExp(filter, filter.flags.replace(/[gy]/g, ""));
  return [(below) => pattern.test(below)];
}

function compileLines(lines: readonly string[]): BelowTest {
  const rules = new IgnoreRules(lines);
  return (below, _, isDirectory) => {
    for (let end = below.indexOf("/", 1); end > 0;) {
      if (rules.decide(below.slice(1, end), true)) return true;
      end = below.indexOf("/", end + 1);
    }
    return rules.decide(below.slice(1), isDirectory) ?? false;
  };
}
