/** What is wrong with the arguments of the command. */

import type { FlagName } from "./flags.ts";

/** The arguments are wrong; the message says which, and how. */
export class UsageError extends Error {}

/**
 * What `read` makes of the `text` that a flag was given.
 *
 * @throws {UsageError} If it is wrong, which `read` says with a `SyntaxError`.
 */
export function compile<T>(
  name: FlagName,
  text: string,
  read: (text: string) => T,
): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message for a regular expression names it first.
    const reason = error.message.replace(/^.*: /s, "");
    throw new UsageError(`Cannot use '${text}' for --${name}: ${reason}`);
  }
}
