/**
 * Types of `@std/path/glob-to-regexp`.
 *
 * @module
 */

/** Which syntax beyond the basic one has its meaning. */
export interface GlobOptions {
  extended?: boolean;
  globstar?: boolean;
  caseInsensitive?: boolean;
}

/** Turns a glob into a regular expression for whole paths. */
export function globToRegExp(glob: string, options?: GlobOptions): RegExp;
