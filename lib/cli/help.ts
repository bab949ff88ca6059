/** The text of `--help`. */

import { DEFAULT_EVENTS, type EventKind, EVENTS } from "./events.ts";
import { type Flag, FLAGS, USAGE } from "./flags.ts";

const INDENT = "  ";

/** What `--help` prints; it fits a terminal of 80 columns. */
export function helpText(): string {
  return `${USAGE}

Reports what happens to each PATH and to the entries of a directory, until
Ctrl-C. Events go to standard output, notes and errors to standard error.

Options:
${table(FLAGS.map((flag) => [synopsis(flag), flag.meaning]))}

RE is a regular expression of JavaScript and matches anywhere in a path as it
is printed. GLOB is for a name at any depth or, with a slash in it, for the
path below PATH; a slash at its end makes it one for directories alone.

Events; without -e it reports those with a star:
${table(EVENTS.map((event) => [star(event) + event.name, event.meaning]))}

Exit status: 0 if events were reported, 1 after an error or if nothing is left
to watch, 2 if the arguments are wrong, 130 after Ctrl-C, 143 after SIGTERM.
`;
}

/** How a flag is written: `-e, --event LIST`. */
function synopsis({ short, name, value }: Flag): string {
  const letter = short ? `-${short}, ` : INDENT + INDENT;
  return `${letter}--${name}${value ? ` ${value}` : ""}`;
}

function star(event: EventKind): string {
  return DEFAULT_EVENTS.includes(event) ? "* " : INDENT;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows
    .map(([left, right]) => INDENT + left.padEnd(width) + INDENT + right)
    .join("\n");
}
