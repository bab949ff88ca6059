import type { watchFs } from "../../watch_fs.ts";

/**
 * `Deno.watchFs()`, if its version behaves like `watchFs()`. Earlier versions
 * reported other events, and threw if they were closed twice.
 */
export const original = isKnown() ? Deno.watchFs as typeof watchFs : undefined;

function isKnown(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major === 2 && minor >= 9;
}
