/**
 * Types of `@std/fmt/bytes`.
 *
 * @module
 */

/** How `format()` writes a size. */
export interface FormatOptions {
  bits?: boolean;
  binary?: boolean;
  signed?: boolean;
  locale?: boolean | string | string[];
  minimumFractionDigits?: number;
  maximumFractionDigits?: number;
}

/** Writes a number of bytes for people: `1.34 kB`. */
export function format(num: number, options?: FormatOptions): string;
