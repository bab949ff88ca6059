/**
 * Types of `@std/fmt/duration`.
 *
 * @module
 */

/** How `format()` writes a duration. */
export interface FormatOptions {
  style?: "narrow" | "digital" | "full";
  ignoreZero?: boolean;
}

/** Writes a number of milliseconds for people: `1m 39s`. */
export function format(ms: number, options?: FormatOptions): string;
