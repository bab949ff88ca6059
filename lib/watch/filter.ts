/** The filters in the options `include` and `exclude`. */

import type { BasePaths } from "../roots/base_paths.ts";
import { IgnoreRules } from "./ignore_rules.ts";

/**
 * A filter of paths below a watched path. It never matches the watched path
 * itself, and does not depend on the name of that path.
 *
 * - A string is a line of a `.gitignore` file in the watched path:
 *   `"node_modules"`, `"dist/"`, `"/build"`, `"*.log"`, and after that
 *   `"!keep.log"`. The strings of a list are lines of one file. See
 *   gitignore(5).
 * - A regular expression is matched against the path below the watched path,
 *   which begins with a slash: `/^\/src\//`.
 * - A function is called with the path as it is reported, and with whether it
 *   is a directory. It must not add or remove watched paths. If it throws, the
 *   watcher closes, and iterating over the watcher throws the same error.
 *
 * @example Skipping what a build creates
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

/** Returns whether a path matches. */
export type PathTest = (path: string, isDirectory: boolean) => boolean;

/** Returns whether `value` is a filter. */
export function isPathFilter(value: unknown): value is PathFilter {
  return typeof value === "string" || value instanceof RegExp ||
    typeof value === "function";
}

/**
 * Returns a function that tests whether any of `filters` matches a path;
 * `undefined` if there are no filters. A line that matches a directory also
 * matches everything below it.
 */
export function compileFilters(
  filters: PathFilter | readonly PathFilter[] = [],
  basePaths: BasePaths,
  isRelative = false,
): PathTest | undefined {
  const all = isPathFilter(filters) ? [filters] : filters;
  if (all.length === 0) return undefined;
  const lines = all.filter((filter) => typeof filter === "string");
  const tests = all.flatMap((filter) => compileFilter(filter));
  if (lines.length > 0) tests.push(compileLines(lines));
  return (path, isDirectory) => {
    const below = basePaths.below(path);
    if (below === "") return false;
    const reported = isRelative ? below.slice(1) : path;
    return tests.some((test) => test(below, reported, isDirectory));
  };
}

type BelowTest = (below: string, path: string, isDirectory: boolean) => boolean;

function compileFilter(filter: PathFilter): BelowTest[] {
  if (typeof filter === "string") return [];
  if (typeof filter === "function") {
    return [(_, path, isDirectory) => filter(path, isDirectory)];
  }
  // With these flags, an expression continues after its last match.
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
