/** Which flags exclude or require each other. */

import { UsageError } from "./tokens.ts";
import { type FlagName, FLAGS } from "./flags.ts";
import type { Values } from "./values.ts";

/** Sets of flags of which at most one may be given. */
const ALTERNATIVES: readonly (readonly FlagName[])[] = [
  ["json", "csv", "format", "raw", "stats", "top", "exec"],
  ["monitor", "once"],
  ["once", "count"],
  ["dereference", "no-dereference"],
  ["verbose", "quiet"],
  ["no-newline", "null", "stats", "top", "exec"],
  ["top", "exec", "outfile"],
  ["top", "until-eof"],
  ["top", "exec", "daemon"],
  ["initial", "stats", "top"],
  ["stdin", "until-eof"],
];

/** Flags that require another flag. */
const NEEDS: readonly (readonly [FlagName, FlagName])[] = [
  ["max-depth", "recursive"],
  ["dereference", "recursive"],
  ["timefmt", "format"],
  ["no-newline", "format"],
  ["sort", "stats"],
  ["quiet-for", "exec"],
  ["max-wait", "exec"],
  ["on-busy", "exec"],
  ["clear", "exec"],
  ["now", "exec"],
  ["signal", "exec"],
  ["grace", "exec"],
  ["scratch", "exec"],
  ["changed", "exec"],
  ["stdin", "exec"],
  ["daemon", "outfile"],
];

/** The flags that exclude `--raw`, because the kernel itself cannot do that. */
const NOT_RAW: readonly FlagName[] = [
  "recursive",
  "max-depth",
  "include",
  "includei",
  "exclude",
  "excludei",
  "ignore",
  "gitignore",
  "exts",
  "filter",
  "wait",
  "initial",
];

/** Flags that watch nothing, and the flags that may be given with them. */
const ALONE: readonly (readonly [FlagName, readonly FlagName[]])[] = [
  ["limits", ["json", "color", "quiet"]],
  ["completions", []],
];

/**
 * Rejects flags that exclude or require each other.
 *
 * @throws {UsageError} The message names the flags.
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
    // Without a terminal as standard input, no key can end it.
    throw cannotCombine("--fromfile -", "top");
  }
  if (has("until-eof") && texts("fromfile").includes("-")) {
    throw cannotCombine("--fromfile -", "until-eof");
  }
  if (texts("on-busy").at(-1) === "signal" && (has("once") || has("count"))) {
    // The command gets a signal instead of ending, so there is no run to count.
    throw cannotCombine("--on-busy signal", has("once") ? "once" : "count");
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
