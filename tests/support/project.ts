/** The files of this checkout. */

/** The path of a file by its path in the checkout, whatever is in that. */
export function projectPath(path: string): string {
  return decodeURIComponent(new URL(`../../${path}`, import.meta.url).pathname);
}

/** The same as a word of a shell, which needs quotes if it has a space. */
export function projectWord(path: string): string {
  const word = projectPath(path);
  return /^[\w./@%+-]+$/.test(word) ? word : `'${word}'`;
}
