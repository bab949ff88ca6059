/** A terminal that shows each byte that is written to it: script(1). */

import { hasTool } from "./tools.ts";

/** Whether script(1) is there. */
export const hasScript = hasTool("script", "tests on a terminal");

/** A command that runs the command that its arguments are on a terminal. */
export const onTerminal = terminalAfter("");

/** How many lines {@linkcode onLargeTerminal} has. */
export const ROWS = 50;

/**
 * The same on a terminal with a size, on which there is room for any name,
 * however it is escaped. Deno may draw on this one while it starts.
 */
export const onLargeTerminal = terminalAfter(
  `stty rows ${ROWS} columns 4000; `,
);

function terminalAfter(script: string): readonly string[] {
  const command = `exec script -qec "${script}\${*@Q}" /dev/null`;
  return ["bash", "-c", command, "-"];
}
