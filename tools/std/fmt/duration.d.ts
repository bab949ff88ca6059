/**
 * Types of `@std/fmt/duration`.
 *
 * @module
 */

/** Options of `format()`. */
export interface FormatOptions {
  style?: "narrow" | "digital" | "full";
  ignoreZero?: boolean;
}

/** Returns a number of milliseconds as text: `1m 39s`. */
export function format(ms: number, options?: FormatOptions): string;
