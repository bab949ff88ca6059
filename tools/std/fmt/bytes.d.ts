/**
 * Types of `@std/fmt/bytes`.
 *
 * @module
 */

/** Options of `format()`. */
export interface FormatOptions {
  bits?: boolean;
  binary?: boolean;
  signed?: boolean;
  locale?: boolean | string | string[];
  minimumFractionDigits?: number;
  maximumFractionDigits?: number;
}

/** Returns a number of bytes as text: `1.34 kB`. */
export function format(num: number, options?: FormatOptions): string;
