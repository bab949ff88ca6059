/** The text of `--help`. */

import {
  DEFAULT_EVENTS,
  type EventKind,
  EVENTS,
} from "../arguments/event_names.ts";
import { type Flag, FLAG_GROUPS, FLAGS, USAGE } from "../arguments/flags.ts";
import { TEMPLATE_FIELDS } from "../inotifywait/template_fields.ts";

const INDENT = "  ";

/** The texts that the help and the manual page share. */
export const TEXTS = {
  summary: "Prints what happens to each PATH, and for a directory to its " +
    "entries, until Ctrl-C. Events go to standard output, notes and errors to " +
    "standard error.",
  patterns: "RE is a regular expression of JavaScript, which may match any " +
    "part of a path as it is printed.",
  globs: "GLOB is a line of a .gitignore file in each PATH. Without a slash " +
    "it matches names at any depth, and with a slash the path below PATH. A " +
    "slash at its end restricts it to directories.",
  excludedPaths: "An argument @PATH excludes PATH and everything below it.",
  defaultEvents: "Without --event, the events with a star are reported. With " +
    "--csv, --format, --stats or --top, all events are reported.",
  fields:
    "The fields in FMT describe events as inotifywait(1) does: each half " +
    "of a move is an event, and an event of a watched directory is reported " +
    "both for the directory and for its entry in the parent.",
  exec: "The command of --exec runs without a shell. Its standard input has " +
    "the events in the form of --json. An argument {} is replaced by the " +
    "changed paths, and INOTIFY_PATHS has them one on each line. .git and scratch " +
    "files of editors do not run it. With --once or --count, the exit status " +
    "is the status of the last run: 128 plus the signal if a signal ended it, " +
    "127 if the command does not exist, and 126 if it cannot be run.",
  counting: "With --stats and --top, --timeout is the total time to count. " +
    "The exit status is 0 if there were events in this time.",
} as const;

/** The exit statuses and their meanings. */
export const EXIT_STATUSES: readonly {
  readonly status: number;
  readonly meaning: string;
}[] = [
  { status: 0, meaning: "events were reported" },
  { status: 1, meaning: "an error, or every PATH was gone before an event" },
  { status: 2, meaning: "no event before --timeout" },
  { status: 64, meaning: "wrong arguments" },
  { status: 129, meaning: "ended by SIGHUP" },
  { status: 130, meaning: "ended by SIGINT, which is Ctrl-C" },
  { status: 143, meaning: "ended by SIGTERM" },
];

/** Returns the text of `--help`, which fits a terminal of 80 columns. */
export function helpText(): string {
  return `${USAGE}

${wrap(TEXTS.summary)}

${flagTables()}

${wrap(`${TEXTS.patterns} ${TEXTS.globs}`)}

${wrap(TEXTS.excludedPaths)}

${wrap(TEXTS.counting)}

Events:
${
    table(EVENTS, {
      left: (event) => star(event) + event.name,
    })
  }

${wrap(TEXTS.defaultEvents)}

Fields in FMT:
${table(TEMPLATE_FIELDS, { left: ({ name }) => name })}

${wrap(TEXTS.fields)}

${wrap(TEXTS.exec)}

Exit status:
${table(EXIT_STATUSES, { left: ({ status }) => `${status}` })}

Examples:
${table(EXAMPLES, { left: ({ line }) => line })}
`;
}

/** Breaks a text into lines of at most 80 columns. */
function wrap(text: string): string {
  return text.replace(/(.{1,80})(?: |$)/g, "$1\n").trimEnd();
}

/** Returns the tables of flags, whose columns have the same width. */
function flagTables(): string {
  const width = Math.max(...FLAGS.map((flag) => synopsis(flag).length));
  return FLAG_GROUPS
    .map(({ title, flags }) =>
      `${title}:\n${table(flags, { left: synopsis, width })}`
    )
    .join("\n\n");
}

/** Returns how a flag is written: `-e, --event LIST`. */
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

/** A command line, with the name of the installed command. */
export interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** The examples, the simplest first. */
export const EXAMPLES: readonly Example[] = [
  { line: "inotify -r src", meaning: "print changes below src" },
  { line: "inotify -rx src -- make", meaning: "build after each change" },
  {
    line: "inotify -rx . --on-busy restart -- ./serve",
    meaning: "restart a server",
  },
  {
    line: "inotify -rx . -e content --exts ts -- deno fmt {}",
    meaning: "format saved files",
  },
  {
    line: "inotify -q1e content --initial --wait a.iso",
    meaning: "wait until complete",
  },
  {
    line: "inotify -r --json --gitignore . | jq .path",
    meaning: "pass events on",
  },
];
