/**
 * Types of `@std/fmt/printf`.
 *
 * @module
 */

/** Formats as C's `sprintf()` does. */
export function sprintf(format: string, ...args: unknown[]): string;

/** Writes what `sprintf()` gives to standard output. */
export function printf(format: string, ...args: unknown[]): void;
