/**
 * Types of `@std/text/levenshtein-distance`.
 *
 * @module
 */

/** Counts the characters to insert, remove or replace to make one of the other. */
export function levenshteinDistance(str1: string, str2: string): number;
