/** Every flag of the command, for the parser, the help and the manual page. */

/** A flag. */
export interface Flag {
  /** Its long form, without the dashes. */
  readonly name: string;
  /** Its letter, without the dash. */
  readonly short?: string;
  /** The name of its value; a flag without one is a switch. */
  readonly value?: string;
  /** What the flag does, in a few words. */
  readonly meaning: string;
}

/** Flags of one topic. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** The first line of the help. */
export const USAGE =
  "Usage: deno run --allow-ffi jsr:@x/inotify/cli [OPTIONS] PATH...";

/** The first argument of the command that `--daemon` runs in the background. */
export const BACKGROUND = "--in-background";

/** The flags in the order in which the help has them. */
export const FLAG_GROUPS = [
  {
    title: "What to watch",
    flags: [
      {
        name: "recursive",
        short: "r",
        meaning: "watch directories and everything below them",
      },
      {
        name: "max-depth",
        value: "N",
        meaning: "with -r, watch N levels; 1 is the entries of a PATH",
      },
      {
        name: "dereference",
        short: "L",
        meaning: "with -r, follow links to directories below PATHs",
      },
      {
        name: "no-dereference",
        short: "P",
        meaning: "if a PATH is a link, watch the link, not its target",
      },
      {
        name: "fromfile",
        value: "FILE",
        meaning: "read more PATHs from the lines of FILE; - is stdin",
      },
      {
        name: "wait",
        meaning: "wait for a PATH that does not exist, or was deleted",
      },
      {
        name: "initial",
        meaning: "first report what is there already, as create",
      },
    ],
  },
  {
    title: "What to report",
    flags: [
      {
        name: "event",
        short: "e",
        value: "LIST",
        meaning: "report these events, separated by commas; repeatable",
      },
      {
        name: "include",
        value: "RE",
        meaning: "report only paths that match RE; repeatable",
      },
      { name: "includei", value: "RE", meaning: "the same, ignoring case" },
      {
        name: "exclude",
        value: "RE",
        meaning: "skip paths that match RE, and below; repeatable",
      },
      { name: "excludei", value: "RE", meaning: "the same, ignoring case" },
      {
        name: "ignore",
        value: "GLOB",
        meaning: "skip paths as a line of .gitignore does; repeatable",
      },
      {
        name: "gitignore",
        meaning: "skip what git ignores, and .git",
      },
      {
        name: "exts",
        value: "EXTS",
        meaning: "report only these extensions: ts,js; repeatable",
      },
      {
        name: "filter",
        value: "GLOB",
        meaning: "report only paths that match GLOB; repeatable",
      },
    ],
  },
  {
    title: "When to end",
    flags: [
      {
        name: "monitor",
        short: "m",
        meaning: "keep running after the first event (default)",
      },
      { name: "once", short: "1", meaning: "exit after the first event" },
      {
        name: "count",
        short: "n",
        value: "N",
        meaning: "exit after N events, or N runs with --exec",
      },
      {
        name: "timeout",
        short: "t",
        value: "SECONDS",
        meaning: "exit after SECONDS without an event (0: never)",
      },
      {
        name: "until-eof",
        meaning: "exit when standard input is closed",
      },
    ],
  },
  {
    title: "Run a command",
    flags: [
      {
        name: "exec",
        short: "x",
        meaning: "run the command after --; needs --allow-run=COMMAND",
      },
      {
        name: "now",
        meaning: "also run at the start; default with restart",
      },
      {
        name: "on-busy",
        value: "WHAT",
        meaning: "if it runs: queue (default), restart, ignore, signal",
      },
      {
        name: "signal",
        value: "SIG",
        meaning: "the signal to end a run (TERM), or to send it (HUP)",
      },
      {
        name: "grace",
        value: "SECONDS",
        meaning: "kill a run SECONDS after the signal to end it (5)",
      },
      {
        name: "quiet-for",
        value: "MS",
        meaning: "run after MS without an event (100)",
      },
      {
        name: "max-wait",
        value: "MS",
        meaning: "run MS after the first event at the latest (1000)",
      },
      {
        name: "changed",
        meaning: "run only if the contents of a file have changed",
      },
      {
        name: "scratch",
        meaning: "also run for scratch files of editors, such as a~",
      },
      {
        name: "stdin",
        meaning: "give the command the terminal, and no events",
      },
      {
        name: "clear",
        meaning: "clear the screen before each run",
      },
    ],
  },
  {
    title: "Count",
    flags: [
      {
        name: "stats",
        meaning: "count events by path (100,000); SIGUSR1 prints them",
      },
      {
        name: "sort",
        value: "EVENT",
        meaning: "with --stats, sort by EVENT; -EVENT: least first",
      },
      { name: "top", meaning: "show the busiest paths live; q quits" },
    ],
  },
  {
    title: "How to print",
    flags: [
      {
        name: "json",
        meaning: 'print JSON lines; the first is {"type":"ready", ...}',
      },
      {
        name: "csv",
        short: "c",
        meaning: "print the three fields of inotifywait as CSV",
      },
      {
        name: "format",
        value: "FMT",
        meaning: "print events as FMT says, with the fields below",
      },
      {
        name: "timefmt",
        value: "FMT",
        meaning: "with --format, the form of the time; see strftime(3)",
      },
      {
        name: "no-newline",
        meaning: "with --format, print no newline after an event",
      },
      {
        name: "null",
        short: "0",
        meaning: "end each event with a NUL instead of a newline",
      },
      {
        name: "raw",
        meaning: "print the kernel's own events with all fields",
      },
      {
        name: "color",
        value: "WHEN",
        meaning: "use colors: auto (on a terminal), always or never",
      },
    ],
  },
  {
    title: "Where to print",
    flags: [
      {
        name: "outfile",
        short: "o",
        value: "FILE",
        meaning: "append events to FILE; needs --allow-write=FILE",
      },
      {
        name: "quiet",
        short: "q",
        meaning: "print no notes; twice (-qq), also no events",
      },
      {
        name: "verbose",
        short: "v",
        meaning: "print notes (default)",
      },
      {
        name: "syslog",
        short: "s",
        meaning: "send notes and errors to syslog(3)",
      },
      {
        name: "daemon",
        short: "d",
        meaning: "continue in the background; needs --outfile",
      },
    ],
  },
  {
    title: "Other",
    flags: [
      {
        name: "limits",
        meaning: "print the limits on watches and who uses them",
      },
      {
        name: "completions",
        value: "SHELL",
        meaning: "print a completion script for bash, zsh or fish",
      },
      { name: "help", short: "h", meaning: "print this help" },
      { name: "version", short: "V", meaning: "print the version" },
    ],
  },
] as const satisfies readonly FlagGroup[];

/** The name of a flag. */
export type FlagName = typeof FLAG_GROUPS[number]["flags"][number]["name"];

type NamedFlag = Flag & { readonly name: FlagName };

/** All flags. */
export const FLAGS: readonly NamedFlag[] = FLAG_GROUPS.flatMap(
  ({ flags }): readonly NamedFlag[] => flags,
);
