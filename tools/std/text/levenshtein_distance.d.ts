/**
 * Types of `@std/text/levenshtein-distance`.
 *
 * @module
 */

/** Returns how many characters to insert, delete or replace to turn one into the other. */
export function levenshteinDistance(str1: string, str2: string): number;
