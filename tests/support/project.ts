/** The files of this checkout. */

/** Returns the absolute path of a file in the checkout. */
export function projectPath(path: string): string {
  return decodeURIComponent(new URL(`../../${path}`, import.meta.url).pathname);
}

/** Returns this path as a word of a shell, quoted if necessary. */
export function projectWord(path: string): string {
  const word = projectPath(path);
  return /^[\w./@%+-]+$/.test(word) ? word : `'${word}'`;
}
