/** Which flags make sense together. */

import { UsageError } from "./tokens.ts";
import { type FlagName, FLAGS } from "./flags.ts";
import type { Values } from "./options.ts";

/** Of each of these there can be one. */
const ALTERNATIVES: readonly (readonly FlagName[])[] = [
  ["json", "csv", "format", "raw", "stats", "top", "exec"],
  ["monitor", "once"],
  ["once", "count"],
  ["verbose", "quiet"],
  ["no-newline", "null", "stats", "top", "exec"],
  ["top", "exec", "outfile"],
  ["top", "exec", "daemon"],
];

/** What means nothing without another. */
const NEEDS: readonly (readonly [FlagName, FlagName])[] = [
  ["max-depth", "recursive"],
  ["timefmt", "format"],
  ["no-newline", "format"],
  ["sort", "stats"],
  ["quiet-for", "exec"],
  ["max-wait", "exec"],
  ["on-busy", "exec"],
  ["clear", "exec"],
  ["daemon", "outfile"],
];

/** What the kernel knows nothing of. */
const NOT_RAW: readonly FlagName[] = [
  "recursive",
  "max-depth",
  "include",
  "includei",
  "exclude",
  "excludei",
  "ignore",
  "wait",
];

/** What watches nothing, and all that goes with it. */
const ALONE: readonly (readonly [FlagName, readonly FlagName[]])[] = [
  ["limits", ["json", "color", "quiet"]],
  ["completions", []],
];

/**
 * Refuses flags that make no sense together.
 *
 * @throws {UsageError} It says which.
 */
export function checkCombination(values: Values): void {
  const { count, texts, operands, rest } = values;
  const has = (name: FlagName) => count(name) > 0;
  for (const names of ALTERNATIVES) {
    const [one, other] = names.filter(has);
    if (other) throw cannotCombine(`--${one}`, other);
  }
  const notRaw = has("raw") && NOT_RAW.find(has);
  if (notRaw) throw cannotCombine(`--${notRaw}`, "raw");
  for (const [name, needed] of NEEDS) {
    if (!has(name) || has(needed)) continue;
    throw new UsageError(`Cannot use --${name} without --${needed}`);
  }
  for (const [name, companions] of ALONE) {
    if (!has(name)) continue;
    const allowed: readonly FlagName[] = [name, ...companions];
    const other = FLAGS.find(({ name }) =>
      has(name) && !allowed.includes(name)
    );
    if (other) throw cannotCombine(`--${other.name}`, name);
    const [path] = operands;
    if (path !== undefined) throw cannotCombine(`the path "${path}"`, name);
  }
  if (has("top") && texts("fromfile").includes("-")) {
    // There are no keys then to end it with.
    throw cannotCombine("--fromfile -", "top");
  }
  if (has("exec") && rest.length === 0) {
    throw new UsageError(
      "Cannot use --exec without a command: " +
        "put it after --, as in -x PATH -- make",
    );
  }
}

function cannotCombine(what: string, name: FlagName): UsageError {
  return new UsageError(`Cannot combine ${what} with --${name}`);
}
