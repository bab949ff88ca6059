/** Runs processes that the modes of files restrict, even as root. */

import { TestDirectory } from "./directory.ts";
import { succeeds } from "./tools.ts";

// Root with all of its capabilities ignores the mode of a file.
const CANDIDATES = [
  [],
  [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search,-fsetid",
    "--inh-caps=-dac_override,-dac_read_search,-fsetid",
  ],
  ["unshare", "--user"],
];

const found = CANDIDATES.find(heedsModes);

if (found === undefined) {
  console.warn(
    "Ignoring the tests of what may not be read: this process may read it, " +
      "and setpriv(1) and unshare(1) are refused or missing",
  );
}

/** Whether such a process can be started. */
export const hasUnprivileged = found !== undefined;

/**
 * A command that runs its arguments as such a process, as the same user. It is
 * empty if the modes restrict this process.
 */
export const unprivileged: readonly string[] = found ?? [];

/** Returns whether a process that is started like this cannot read a file of mode 0. */
function heedsModes(within: readonly string[]): boolean {
  using directory = new TestDirectory();
  const path = directory.file("secret");
  Deno.chmodSync(path, 0);
  const [program, ...args] = [...within, "sh", "-c", '! cat "$0"', path];
  return succeeds(program!, ...args);
}
