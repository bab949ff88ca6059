/** The text of `--help`. */

import {
  DEFAULT_EVENTS,
  type EventKind,
  EVENTS,
} from "../arguments/event_names.ts";
import { type Flag, FLAG_GROUPS, FLAGS, USAGE } from "../arguments/flags.ts";
import { TEMPLATE_FIELDS } from "../inotifywait/template_fields.ts";

const INDENT = "  ";

/** What `--help` prints; it fits a terminal of 80 columns. */
export function helpText(): string {
  return `${USAGE}

Reports what happens to each PATH and to the entries of a directory, until
Ctrl-C. Events go to standard output, notes and errors to standard error.

${flagTables()}

RE is a regular expression of JavaScript and matches anywhere in a path as it
is printed. GLOB is for a name at any depth or, with a slash in it, for the
path below PATH; a slash at its end makes it one for directories alone.

A PATH with @ before it is passed by, with what lies below it.

Without -e, --csv, --format, --stats and --top report all events. For the last
two, --timeout is how long to count, whatever comes, and then the status is 0 if
there were events.

Events; without -e it reports those with a star:
${
    table(EVENTS, {
      left: (event) => star(event) + event.name,
    })
  }

Fields of FMT, for events as inotifywait(1) has them: the halves of a move one
by one, and what happens to a watched directory also as its own.
${table(TEMPLATE_FIELDS, { left: ({ name }) => name })}

The command of --exec runs without a shell and reads the events from standard
input, as --json prints them. With --once or --count the exit status is its own:
128 and the signal if one killed it, 127 if it does not exist, 126 if it cannot
be run.

Exit status: 0 if events were reported, 1 after an error or if there was none
before nothing was left to watch, 2 if --timeout passed or the arguments are
wrong, 129 after SIGHUP, 130 after Ctrl-C, 143 after SIGTERM.

Examples:
${table(EXAMPLES, { left: ({ line }) => line })}
`;
}

/** The tables have their columns in common. */
function flagTables(): string {
  const width = Math.max(...FLAGS.map((flag) => synopsis(flag).length));
  return FLAG_GROUPS
    .map(({ title, flags }) =>
      `${title}:\n${table(flags, { left: synopsis, width })}`
    )
    .join("\n\n");
}

/** How a flag is written: `-e, --event LIST`. */
function synopsis({ short, name, value }: Flag): string {
  const letter = short ? `-${short}, ` : INDENT + INDENT;
  return `${letter}--${name}${value ? ` ${value}` : ""}`;
}

function star(event: EventKind): string {
  return DEFAULT_EVENTS.includes(event) ? "* " : INDENT;
}

function table<T extends { readonly meaning: string }>(
  rows: readonly T[],
  { left, width = Math.max(...rows.map((row) => left(row).length)) }: {
    left: (row: T) => string;
    width?: number;
  },
): string {
  return rows
    .map((row) => INDENT + left(row).padEnd(width) + INDENT + row.meaning)
    .join("\n");
}

/** A command line, with the command by the name under which it is installed. */
export interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** From the simple to the less so. */
export const EXAMPLES: readonly Example[] = [
  { line: "inotify -r src", meaning: "what changes below src" },
  {
    line: "inotify -q1e close_write --wait a.iso",
    meaning: "until a.iso is complete",
  },
  {
    line: "inotify -r --json --ignore .git . | jq .type",
    meaning: "for other programs",
  },
  { line: "inotify -rx src -- make", meaning: "build after each change" },
  {
    line: 'inotify -d -o "$HOME/log" -r /srv',
    meaning: "in the background",
  },
];
