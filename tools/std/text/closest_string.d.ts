/**
 * Types of `@std/text/closest-string`.
 *
 * @module
 */

/** How `closestString()` compares. */
export interface ClosestStringOptions {
  caseSensitive?: boolean;
  compareFn?: (a: string, b: string) => number;
}

/** Finds the word that is most like the given one. */
export function closestString(
  givenWord: string,
  possibleWords: ReadonlyArray<string>,
  options?: ClosestStringOptions,
): string;
