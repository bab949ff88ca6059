/** Adds advice to the message of an error. */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import type { SystemError } from "../../kernel/errno.ts";
import { Libc } from "../../kernel/libc.ts";
import { readLinkIfAny } from "../../kernel/procfs.ts";
import type { Options } from "./options.ts";
import { type UnknownWord, UsageError } from "./tokens.ts";

/** Returns the message of an error that ends the command, with advice if any. */
export function explain(error: Error, options: Options | undefined): string {
  const advice = error instanceof UsageError
    ? error.unknownWord && suggestion(error.unknownWord)
    : error instanceof Deno.errors.NotFound
    ? adviceOnMissing((error as SystemError).path, options)
    : undefined;
  return advice === undefined ? error.message : `${error.message}; ${advice}`;
}

/** Suggests the closest known word, if it is close enough. */
function suggestion({ given, known }: UnknownWord): string | undefined {
  const closest = closestString(given, known);
  const distance = levenshteinDistance(given.toLowerCase(), closest);
  return distance <= given.length / 3 ? `did you mean ${closest}?` : undefined;
}

function adviceOnMissing(
  path: string | undefined,
  options: Options | undefined,
): string | undefined {
  if (!path || !options) return undefined;
  if (options.mode !== "exec" && options.rest.includes(path)) {
    return "to run a command, put -x before --";
  }
  const target = linkTarget(path);
  if (target === undefined) return undefined;
  return `it is a symbolic link to '${target}', use -P to watch the link itself`;
}

function linkTarget(path: string): string | undefined {
  using libc = Libc.acquire();
  try {
    return readLinkIfAny(path, libc, path);
  } catch {
    return undefined;
  }
}
