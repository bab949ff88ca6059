/** Splits arguments into flags and operands, as getopt_long(3) does. */

import type { Flag, FlagName } from "./flags.ts";

/** An unknown word, and the words that were expected. */
export interface UnknownWord {
  readonly given: string;
  readonly known: readonly string[];
}

/** The error for a wrong argument. */
export class UsageError extends Error {
  /** The word that may be misspelled, for a suggestion. */
  readonly unknownWord: UnknownWord | undefined;

  constructor(message: string, unknownWord?: UnknownWord) {
    super(message);
    this.unknownWord = unknownWord;
  }
}

/** The arguments, separated into flags and operands. */
export interface Tokens {
  /** The flags by their long names: `--quiet`, `--event=create`. */
  readonly flags: readonly string[];
  /** The arguments that are neither flags nor their values. */
  readonly operands: readonly string[];
  /** The arguments after `--`. */
  readonly rest: readonly string[];
}

/**
 * Sorts `args`. A flag may be any of these: `-e create`, `-ecreate`,
 * `--event create`, `--event=create`, `--ev=create`.
 *
 * `parseArgs()` alone would read `-ecreate` as several letters, a value that begins
 * with a dash as a flag, and a file called `true` as the value of the switch before
 * it.
 *
 * @throws {UsageError} If a flag is unknown or ambiguous, if its value is missing,
 * or if a switch has a value.
 */
export function sortArguments<Name extends string>(
  args: readonly string[],
  flags: readonly (Flag & { readonly name: Name })[],
): Tokens {
  const sorted: string[] = [];
  const operands: string[] = [];
  const waiting = args.values();

  function add({ name, value }: Flag, given?: string): void {
    if (value === undefined) {
      if (given === undefined) return void sorted.push(`--${name}`);
      throw new UsageError(
        `Cannot use "${given}" for --${name}: it is a switch`,
      );
    }
    const text = given ?? waiting.next().value;
    if (text === undefined) {
      throw new UsageError(`Cannot use --${name} without a value: ${value}`);
    }
    sorted.push(`--${name}=${text}`);
  }

  function addLetters(letters: string): void {
    for (const [i, letter] of [...letters].entries()) {
      const flag = flags.find(({ short }) => short === letter);
      if (!flag) {
        throw new UsageError(
          `Cannot use the option -${letter}: it is unknown, see --help`,
        );
      }
      if (flag.value) return add(flag, letters.slice(i + 1) || undefined);
      add(flag);
    }
  }

  for (const arg of waiting) {
    if (arg === "--") break;
    if (arg === "-" || !arg.startsWith("-")) {
      operands.push(arg);
    } else if (arg.startsWith("--")) {
      const [, name, given] = /^--(.*?)(?:=(.*))?$/s.exec(arg)!;
      add(flagCalled(name!, flags), given);
    } else {
      addLetters(arg.slice(1));
    }
  }
  return { flags: sorted, operands, rest: [...waiting] };
}

/** Returns the flag with this name, or the only flag that begins with it. */
function flagCalled(name: string, flags: readonly Flag[]): Flag {
  const exact = flags.find((flag) => flag.name === name);
  if (exact) return exact;
  const [flag, other] = flags.filter((flag) => flag.name.startsWith(name));
  if (flag && !other) return flag;
  const all = flags.map((flag) => `--${flag.name}`);
  if (!flag) {
    throw new UsageError(
      `Cannot use the option --${name}: it is unknown, see --help`,
      { given: `--${name}`, known: all },
    );
  }
  const possible = all.filter((flag) => flag.startsWith(`--${name}`));
  throw new UsageError(
    `Cannot use the option --${name}: it may be ${possible.join(", ")}`,
  );
}

/**
 * Returns the result of `read` for the value of a flag.
 *
 * @throws {UsageError} If `read` throws a `SyntaxError`.
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
    // The message about a regular expression begins with the expression.
    const reason = error.message.replace(/^.*: /s, "");
    throw new UsageError(`Cannot use "${text}" for --${name}: ${reason}`);
  }
}
