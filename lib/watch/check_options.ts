/**
 * Checks options of callers without a compiler: an unknown name or a value of a
 * wrong type is an error that says what is expected.
 */

/** The rule for the value of an option. */
export interface OptionRule {
  /** What is expected, in words. */
  readonly expected: string;
  /** Returns whether the value, or an item of the list, has the right type. */
  readonly accepts: (value: unknown) => boolean;
  /** Returns whether a value of the right type is in range; by default, all are. */
  readonly isInRange?: (value: unknown) => boolean;
  /** Whether the value may or has to be a list; by default it must not be. */
  readonly list?: "allowed" | "required";
}

/** The rules for options, by name. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** `true` or `false`. */
export const BOOLEAN: OptionRule = {
  expected: "a boolean",
  accepts: (value) => typeof value === "boolean",
};

/** A function. */
export const FUNCTION: OptionRule = {
  expected: "a function",
  accepts: (value) => typeof value === "function",
};

/** A number. */
export const NUMBER: OptionRule = {
  expected: "a number",
  accepts: (value) => typeof value === "number",
};

/** A number that is at least `least`. */
export function atLeast(least: number): OptionRule {
  return {
    expected: `a number >= ${least}`,
    accepts: NUMBER.accepts,
    // NaN is not in range.
    isInRange: (value) => value as number >= least,
  };
}

/** One of `values`. */
export function oneOf(values: readonly string[]): OptionRule {
  return {
    expected: `one of ${quoteAll(values)}`,
    accepts: (value) => values.includes(value as string),
  };
}

/** A list of some of `values`. */
export function listOf(values: readonly string[]): OptionRule {
  const { accepts } = oneOf(values);
  return {
    expected: `a list of ${quoteAll(values)}`,
    accepts,
    list: "required",
  };
}

/**
 * Returns a copy of `options`, whose names and values it checks. It reads each of
 * them once: another read might return something else, or throw when something is
 * open already.
 *
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If an option is out of range.
 */
export function readOptions<Options extends object>(
  options: Options,
  rules: OptionRules,
): Options {
  if (
    typeof options !== "object" || options === null || Array.isArray(options)
  ) {
    throw new TypeError(
      `Cannot use ${show(options)} as options: expected an object`,
    );
  }
  const copy: Record<string, unknown> = {};
  // Inherited options apply as well.
  for (const name in options) {
    if (!Object.hasOwn(rules, name)) {
      throw new TypeError(
        `Cannot use the option "${name}": expected one of ${
          quoteAll(Object.keys(rules))
        }`,
      );
    }
    const given: unknown = options[name];
    const value = Array.isArray(given) ? [...given] : given;
    if (value !== undefined) checkOption(name, value, rules[name]!);
    copy[name] = value;
  }
  return copy as Options;
}

function checkOption(name: string, value: unknown, rule: OptionRule): void {
  const { expected, accepts, isInRange, list } = rule;
  const values = list && Array.isArray(value) ? value : [value];
  const isWrong = list === "required" && !Array.isArray(value)
    ? () => true
    : (each: unknown) => !accepts(each);
  const wrong = values.findIndex(isWrong);
  if (wrong >= 0) {
    throw new TypeError(message(name, values[wrong], expected));
  }
  if (isInRange?.(value) === false) {
    throw new RangeError(message(name, value, expected));
  }
}

function message(name: string, value: unknown, expected: string): string {
  return `Cannot use ${
    show(value)
  } for the option "${name}": expected ${expected}`;
}

/** Returns `value` as text for a message: one line of limited length. */
function show(value: unknown): string {
  return Deno.inspect(value, {
    breakLength: Infinity,
    depth: 1,
    iterableLimit: 5,
    strAbbreviateSize: 100,
  });
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
