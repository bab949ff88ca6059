/** The files of this checkout. */

/** The path of a file by its path in the checkout, whatever is in that. */
export function projectPath(path: string): string {
  return decodeURIComponent(new URL(`../../${path}`, import.meta.url).pathname);
}
