/** Every flag of the command, for the parser, the help and the manual. */

/** A flag. */
export interface Flag {
  /** Its long form, without the dashes. */
  readonly name: string;
  /** Its letter, without the dash. */
  readonly short?: string;
  /** What its value is called; a flag without one is a switch. */
  readonly value?: string;
  /** What it does, in a few words. */
  readonly meaning: string;
}

/** Flags that have to do with the same. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** How the command is called. */
export const USAGE =
  "Usage: deno run --allow-ffi jsr:@x/inotify/cli [OPTIONS] PATH...";

/** The first argument of the command that `--daemon` puts in the background. */
export const BACKGROUND = "--in-background";

/** The flags in the order in which the help has them. */
export const FLAG_GROUPS = [
  {
    title: "What is watched",
    flags: [
      {
        name: "recursive",
        short: "r",
        meaning: "watch directories with all that lies below them",
      },
      {
        name: "max-depth",
        value: "N",
        meaning: "with -r, go no deeper; 1 is the entries of a PATH",
      },
      {
        name: "no-dereference",
        short: "P",
        meaning: "if a PATH is a link, watch it, not where it leads",
      },
      {
        name: "fromfile",
        value: "FILE",
        meaning: "more PATHs, one a line of FILE; - is standard input",
      },
      {
        name: "wait",
        meaning: "wait for each PATH that does not exist, or no longer",
      },
    ],
  },
  {
    title: "What is reported",
    flags: [
      {
        name: "event",
        short: "e",
        value: "LIST",
        meaning: "these events: names between commas; repeatable",
      },
      {
        name: "include",
        value: "RE",
        meaning: "only paths in which RE matches; repeatable",
      },
      { name: "includei", value: "RE", meaning: "the same, whatever the case" },
      {
        name: "exclude",
        value: "RE",
        meaning: "no such paths, nor what lies below them; repeatable",
      },
      { name: "excludei", value: "RE", meaning: "the same, whatever the case" },
      {
        name: "ignore",
        value: "GLOB",
        meaning: "skip what a line of .gitignore matches; repeatable",
      },
    ],
  },
  {
    title: "When it ends",
    flags: [
      {
        name: "monitor",
        short: "m",
        meaning: "not after the first event, which is the default",
      },
      { name: "once", short: "1", meaning: "after the first event" },
      {
        name: "count",
        short: "n",
        value: "N",
        meaning: "after N events or, with --exec, N runs",
      },
      {
        name: "timeout",
        short: "t",
        value: "SECONDS",
        meaning: "after so long without an event; 0 is never",
      },
    ],
  },
  {
    title: "How it is printed",
    flags: [
      {
        name: "json",
        meaning: "one JSON object a line, the first when ready",
      },
      {
        name: "csv",
        short: "c",
        meaning: "inotifywait's three fields, with commas between",
      },
      {
        name: "format",
        value: "FMT",
        meaning: "as FMT says, with the fields below",
      },
      {
        name: "timefmt",
        value: "FMT",
        meaning: "the time in --format, as strftime(3) prints it",
      },
      {
        name: "no-newline",
        meaning: "with --format, no line end after an event",
      },
      {
        name: "null",
        short: "0",
        meaning: "end each event with a NUL in place of a line end",
      },
      {
        name: "raw",
        meaning: "the events with the fields that the kernel gives",
      },
      {
        name: "color",
        value: "WHEN",
        meaning: "use colours: auto (on a terminal), always or never",
      },
    ],
  },
  {
    title: "Where it goes",
    flags: [
      {
        name: "outfile",
        short: "o",
        value: "FILE",
        meaning: "append events to FILE; wants --allow-write=FILE",
      },
      {
        name: "quiet",
        short: "q",
        meaning: "print no notes; twice (-qq), print no events either",
      },
      {
        name: "verbose",
        short: "v",
        meaning: "print the notes, which is the default",
      },
      {
        name: "syslog",
        short: "s",
        meaning: "send notes and errors to syslog(3)",
      },
      {
        name: "daemon",
        short: "d",
        meaning: "go on in the background; wants --outfile",
      },
    ],
  },
  {
    title: "In place of printing",
    flags: [
      {
        name: "stats",
        meaning: "at the end, or on SIGUSR1, print counts for each path",
      },
      {
        name: "sort",
        value: "EVENT",
        meaning: "with --stats, not by total; -EVENT: least first",
      },
      { name: "top", meaning: "show the busiest paths, live; q ends it" },
      {
        name: "exec",
        short: "x",
        meaning: "run CMD, given behind --; wants --allow-run=CMD",
      },
      {
        name: "quiet-for",
        value: "MS",
        meaning: "with --exec, once nothing came for so long (100)",
      },
      {
        name: "max-wait",
        value: "MS",
        meaning: "with --exec, at the latest so long after a change",
      },
      {
        name: "on-busy",
        value: "WHAT",
        meaning: "if it still runs: queue (default), restart or ignore",
      },
      { name: "clear", meaning: "with --exec, clear the screen before" },
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
