/** What this process may do because it is root, and what it may not. */

import { TestDirectory } from "./directory.ts";
import { succeeds } from "./tools.ts";

// To root with all of its capabilities, the mode of a file is of no account.
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

/** Whether there can be a process that has to heed the modes of files. */
export const hasUnprivileged = found !== undefined;

/**
 * A command that runs the command that its arguments are as such a process, as
 * the same user. It is empty where this process is one itself.
 */
export const unprivileged: readonly string[] = found ?? [];

/** Whether a process that is started like this cannot read a file of mode 0. */
function heedsModes(within: readonly string[]): boolean {
  using directory = new TestDirectory();
  const path = directory.file("secret");
  Deno.chmodSync(path, 0);
  const [program, ...args] = [...within, "sh", "-c", '! cat "$0"', path];
  return succeeds(program!, ...args);
}
