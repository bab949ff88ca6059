/** Runs a command on a terminal with script(1), which shows each byte of its output. */

import { hasTool } from "./tools.ts";

/** Whether script(1) is installed. */
export const hasScript = hasTool("script", "tests on a terminal");

/** A command that runs its arguments as a command on a terminal. */
export const onTerminal = terminalAfter("");

/** How many lines {@linkcode onLargeTerminal} has. */
export const ROWS = 50;

/**
 * Does the same on a terminal that is large enough for every escaped name. Deno
 * may draw on this terminal while it starts.
 */
export const onLargeTerminal = terminalAfter(
  `stty rows ${ROWS} columns 4000; `,
);

function terminalAfter(script: string): readonly string[] {
  const command = `exec script -qec "${script}\${*@Q}" /dev/null`;
  return ["bash", "-c", command, "-"];
}
