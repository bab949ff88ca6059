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

/** A function that tells whether any of `filters` picks a path. */
export function compileFilters(
  filters: readonly PathFilter[],
): (path: string, isDirectory: boolean) => boolean {
  const tests = filters.map((filter) => {
    if (typeof filter === "function") return filter;
    // Without these flags a pattern does not remember where it last matched.
    const pattern = new RegExp(filter, filter.flags.replace(/[gy]/g, ""));
    return (path: string) => pattern.test(path);
  });
  return (path, isDirectory) => tests.some((test) => test(path, isDirectory));
}

/** Tells of a path whether it is one of those that are meant. */
export type PathTest = (path: string, isDirectory: boolean) => boolean;
