/**
 * Types of `@std/fmt/printf`.
 *
 * @module
 */

/** Formats values as `sprintf()` in C does. */
export function sprintf(format: string, ...args: unknown[]): string;

/** Writes the result of `sprintf()` to standard output. */
export function printf(format: string, ...args: unknown[]): void;
