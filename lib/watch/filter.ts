/** Filters of paths, as `include` and `exclude` take them. */

/**
 * Picks paths: a pattern that matches somewhere in the path, or a function of
 * the path and of whether it is a directory.
 *
 * A function is called in the middle of things, and must not change what is
 * watched. If it throws, the watcher closes, and iterating throws that, too.
 *
 * @example
 * ```ts
 * import { type PathFilter, watch } from "@x/inotify";
 *
 * const exclude: PathFilter[] = [
 *   /\/node_modules(\/|$)/,
 *   (path, isDirectory) => isDirectory && path.endsWith(".cache"),
 * ];
 * const directory = await Deno.makeTempDir();
 * await using watcher = await watch(directory, { recursive: true, exclude });
 * ```
 */
export type PathFilter =
  | RegExp
  | ((path: string, isDirectory: boolean) => boolean);

/** Whether `value` is a filter. */
export function isPathFilter(value: unknown): value is PathFilter {
  return value instanceof RegExp || typeof value === "function";
}

/** Returns a function that tells whether any of `filters` picks a path. */
export function compileFilters(
  filters: PathFilter | readonly PathFilter[],
): PathTest {
  const tests = toList(filters).map((filter) => {
    if (typeof filter === "function") return filter;
    // Without these flags a pattern does not remember where it last matched.
    const pattern = new RegExp(filter, filter.flags.replace(/[gy]/g, ""));
    return (path: string) => pattern.test(path);
  });
  return (path, isDirectory) => tests.some((test) => test(path, isDirectory));
}

/** The same, but `undefined` if there are no `filters`. */
export function compileOptionalFilters(
  filters: PathFilter | readonly PathFilter[] = [],
): PathTest | undefined {
  return toList(filters).length > 0 ? compileFilters(filters) : undefined;
}

function toList(
  filters: PathFilter | readonly PathFilter[],
): readonly PathFilter[] {
  return isPathFilter(filters) ? [filters] : filters;
}

/** Tells of a path whether it is one of those that are meant. */
export type PathTest = (path: string, isDirectory: boolean) => boolean;
