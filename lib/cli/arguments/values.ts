/** The values of flags: numbers, names, patterns. */

import type { FlagName } from "./flags.ts";
import { compile, UsageError } from "./tokens.ts";

/** The parsed arguments, by the names of the flags. */
export interface Values {
  /** How many times a flag was given. */
  count(name: FlagName): number;
  /** The values of a flag, in order. */
  texts(name: FlagName): readonly string[];
  /** The arguments that are neither flags nor values of flags. */
  readonly operands: readonly string[];
  /** The arguments after `--`. */
  readonly rest: readonly string[];
}

/** The numbers of the signals that users send to programs: signal(7). */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  CONT: 18,
  STOP: 19,
  WINCH: 28,
};

/** The names of signals, as an error lists them. */
export const SIGNAL_NAMES: readonly string[] = Object.keys(SIGNALS);

export function fileOf(name: FlagName, { texts }: Values): string | undefined {
  const text = texts(name).at(-1);
  if (text !== "") return text;
  throw new UsageError(`Cannot use "" for --${name}: expected a path`);
}

export function wholeNumber(
  name: FlagName,
  { texts }: Values,
): number | undefined {
  const text = texts(name).at(-1);
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot use "${text}" for --${name}: expected an integer >= 1`,
  );
}

/** Returns a number of seconds in milliseconds. */
export function seconds(name: FlagName, { texts }: Values): number | undefined {
  const text = texts(name).at(-1);
  if (text === undefined) return undefined;
  if (/^(\d+\.?\d*|\.\d+)$/.test(text)) return 1000 * Number(text);
  throw new UsageError(
    `Cannot use "${text}" for --${name}: expected a number of seconds`,
  );
}

/** Returns the extensions in a list such as `ts,.js`, without dots. */
export function toExtensions(list: string): string[] {
  return list.split(",").map((text) => {
    const extension = text.replace(/^\./, "");
    // A glob such as "*.ts" would match nothing.
    if (extension !== "" && !/[*/]/.test(extension)) return extension;
    throw new UsageError(
      `Cannot use "${list}" for --exts: expected extensions such as ts,js`,
    );
  });
}

/** Returns the number of a signal: `HUP`, `SIGHUP`, `hup` and `1` are the same. */
export function signalOf(text: string): number {
  const name = text.toUpperCase().replace(/^SIG/, "");
  const number = SIGNALS[name] ?? (/^[1-9]\d?$/.test(text) ? Number(text) : 0);
  if (number >= 1 && number <= 64) return number;
  throw new UsageError(
    `Cannot use "${text}" for --signal: expected one of ${
      SIGNAL_NAMES.join(", ")
    }`,
    { given: name, known: SIGNAL_NAMES },
  );
}

export function oneOf<const T extends string>(
  known: readonly T[],
  name: FlagName,
  { texts }: Values,
): T | undefined {
  const text = texts(name).at(-1);
  const found = known.find((each) => each === text);
  if (found !== undefined || text === undefined) return found;
  throw new UsageError(
    `Cannot use "${text}" for --${name}: expected one of ${known.join(", ")}`,
    { given: text, known },
  );
}

/** @throws {UsageError} If the line matches nothing. */
export function toIgnoreLine(name: FlagName, line: string): string {
  return compile(name, line, () => {
    if (line.startsWith("#")) {
      throw new SyntaxError('a line that begins with "#" is a comment');
    }
    if (/^!?[/ ]*$/.test(line)) throw new SyntaxError("it matches nothing");
    return line;
  });
}

/** Returns the regular expressions of a flag, and of its variant that ignores case. */
export function patternsOf(
  name: "include" | "exclude",
  { texts }: Values,
): RegExp[] {
  const variant = `${name}i` as const;
  return [
    ...texts(name).map((text) => compile(name, text, toRegExp)),
    ...texts(variant).map((text) =>
      compile(variant, text, (text) => toRegExp(text, "i"))
    ),
  ];
}

const NOT_A_GLOB = "expected a regular expression, which a glob is not";

/**
 * Returns whether `text` looks like a glob: a star at its start or after a slash,
 * where a regular expression rarely has one.
 */
function looksLikeGlob(text: string): boolean {
  return /(?:^|\/)\*/.test(text);
}

function toRegExp(text: string, flags?: string): RegExp {
  if (text === "") throw new SyntaxError("it is empty");
  // JavaScript reads these as sets of single characters, which is never what a
  // pattern for inotifywait(1) means.
  const [name] = /\[:\w+:\]/.exec(text) ?? [];
  if (name) throw new SyntaxError(`JavaScript has no ${name}`);
  try {
    return new RegExp(text, flags);
  } catch (error) {
    if (looksLikeGlob(text)) throw new SyntaxError(NOT_A_GLOB);
    throw error;
  }
}
