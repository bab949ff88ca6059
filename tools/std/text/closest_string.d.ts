/**
 * Types of `@std/text/closest-string`.
 *
 * @module
 */

/** Options of `closestString()`. */
export interface ClosestStringOptions {
  caseSensitive?: boolean;
  compareFn?: (a: string, b: string) => number;
}

/** Returns the word that is most similar to the given one. */
export function closestString(
  givenWord: string,
  possibleWords: ReadonlyArray<string>,
  options?: ClosestStringOptions,
): string;
