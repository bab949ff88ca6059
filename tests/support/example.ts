/** Runs the programs of `examples/` as the comments at their top say. */

import { Command } from "./command.ts";

/**
 * Starts an example with `permissions` in addition to FFI, run by `within`, a
 * command that runs its arguments as a command.
 */
export function startExample(
  name: string,
  args: readonly string[],
  permissions: readonly string[] = [],
  within: readonly string[] = [],
): Command {
  return new Command(args, {
    program: `examples/${name}`,
    permissions: ["--allow-ffi", ...permissions],
    within,
  });
}
