/** Runs the programs of `examples/` as the comments at their top say. */

import { Command } from "./command.ts";

/** Starts an example with `permissions` in addition to FFI. */
export function startExample(
  name: string,
  args: readonly string[],
  permissions: readonly string[] = [],
): Command {
  return new Command(args, {
    program: `examples/${name}`,
    permissions: ["--allow-ffi", ...permissions],
  });
}
