/** Arguments as getopt_long(3) reads them, in a form that leaves no doubt. */

import type { Flag, FlagName } from "./flags.ts";

/** The arguments are wrong; the message says which, and how. */
export class UsageError extends Error {}

// No argument has a NUL of its own.
const GUARD = "\0";

/**
 * The arguments for `parseArgs()`: each flag by its long name, with its value
 * behind it. Values and operands are guarded; {@linkcode unguard} takes that
 * off again.
 *
 * Left to itself, `parseArgs()` takes the value in `-ecreate` for letters, one
 * with a dash in front for a flag, and a file called `true` for the value of
 * the switch before it.
 *
 * @throws {UsageError} If a flag is unknown, or a value missing or one too many.
 */
export function guardArguments(
  args: readonly string[],
  flags: readonly Flag[],
): string[] {
  const guarded: string[] = [];
  const waiting = args.values();

  function add({ name, value }: Flag, given?: string): void {
    guarded.push(`--${name}`);
    if (value === undefined) {
      if (given === undefined) return;
      throw new UsageError(
        `Cannot use '${given}' for --${name}: it is a switch`,
      );
    }
    const text = given ?? waiting.next().value;
    if (text === undefined) {
      throw new UsageError(`Cannot use --${name} without a value: ${value}`);
    }
    guarded.push(GUARD + text);
  }

  for (const arg of waiting) {
    if (arg === "--") {
      guarded.push(arg, ...waiting);
    } else if (arg === "-" || !arg.startsWith("-")) {
      guarded.push(GUARD + arg);
    } else if (arg.startsWith("--")) {
      const [, name, given] = /^--(.*?)(?:=(.*))?$/s.exec(arg)!;
      const flag = flags.find((flag) => flag.name === name);
      if (!flag) throw unknown(`--${name}`);
      add(flag, given);
    } else {
      addLetters(arg.slice(1));
    }
  }
  return guarded;

  function addLetters(letters: string): void {
    for (const [i, letter] of [...letters].entries()) {
      const flag = flags.find(({ short }) => short === letter);
      if (!flag) throw unknown(`-${letter}`);
      if (flag.value) return add(flag, letters.slice(i + 1) || undefined);
      add(flag);
    }
  }
}

function unknown(flag: string): UsageError {
  return new UsageError(
    `Cannot use the option '${flag}': it is unknown, see --help`,
  );
}

/** The text that was given for a value or an operand. */
export function unguard(text: string): string {
  return text.startsWith(GUARD) ? text.slice(GUARD.length) : text;
}

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
