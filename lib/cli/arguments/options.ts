/** `Options`: the meaning of the arguments of the command. */

import { parseArgs } from "@std/cli/parse-args";
import { sortArguments } from "./tokens.ts";
import {
  fileOf,
  oneOf,
  patternsOf,
  seconds,
  signalOf,
  toExtensions,
  toIgnoreLine,
  type Values,
  wholeNumber,
} from "./values.ts";
import { checkCombination } from "./constraints.ts";
import {
  DEFAULT_EVENTS,
  type EventKind,
  EVENTS,
  parseEvents,
} from "./event_names.ts";
import { type FlagName, FLAGS } from "./flags.ts";

/** The values of `--color`. */
export const COLORS = ["auto", "always", "never"] as const;
/** The values of `--on-busy`. */
export const ON_BUSY_MODES = ["queue", "restart", "ignore", "signal"] as const;
/** The values of `--completions`. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** When to use colors; `auto` means on a terminal. */
export type Color = typeof COLORS[number];

/** What to do when events come while the command of `--exec` runs. */
export type OnBusy = typeof ON_BUSY_MODES[number];

/** A shell for which there is a completion script. */
export type Shell = typeof SHELLS[number];

const ABOUT = ["help", "version", "completions", "limits"] as const;
const MODES = ["stats", "top", "exec"] as const;
const FORMATS = ["json", "csv", "format", "raw"] as const;

/** A list of paths: the operands, or the lines of `--fromfile`. */
export interface PathList {
  /** The paths to watch. */
  readonly paths: readonly string[];
  /** The paths to skip, with everything below them. */
  readonly excludedPaths: readonly string[];
}

/** The options of the command. */
export interface Options extends PathList {
  /** The text to print instead of watching anything. */
  readonly about: typeof ABOUT[number] | undefined;
  /** What to do with the events. */
  readonly mode: "print" | typeof MODES[number];

  /** The file with more paths. */
  readonly fromfile: string | undefined;
  /** Watch directories and everything below them. */
  readonly recursive: boolean;
  /** How many levels of directories to watch. */
  readonly maxDepth: number;
  /** Follow a path that is a link. */
  readonly dereference: boolean;
  /** Follow links to directories below a path. */
  readonly followsLinks: boolean;
  /** Wait for paths that do not exist. */
  readonly wait: boolean;
  /** Report first what is there already. */
  readonly initial: boolean;

  /** The events to report. */
  readonly events: readonly EventKind[];
  /** Report only paths that one of these matches; all if there are none. */
  readonly include: readonly RegExp[];
  /** Report only paths that one of these lines matches, if there is any. */
  readonly filter: readonly string[];
  /** Report only paths with one of these extensions, if there is any. */
  readonly exts: readonly string[];
  /** Skip paths that one of these matches. */
  readonly exclude: readonly RegExp[];
  /** Also skip paths that these lines of a `.gitignore` file match. */
  readonly ignore: readonly string[];
  /** Skip what git ignores. */
  readonly gitignore: boolean;

  /** After how many events to exit. */
  readonly count: number;
  /**
   * After how long without an event to exit, in milliseconds. With `--stats` and
   * `--top`, the total time.
   */
  readonly timeout: number;

  /** Whether to end when standard input is closed. */
  readonly untilEof: boolean;

  /** How an event is printed. */
  readonly format: "text" | typeof FORMATS[number];
  /** The value of `--format`. */
  readonly template: string;
  /** The value of `--timefmt`. */
  readonly timeFormat: string | undefined;
  /** The end of each event. */
  readonly terminator: "\n" | "\0" | "";
  /** When to use colors. */
  readonly color: Color;
  /** The file to print to, instead of standard output. */
  readonly outfile: string | undefined;
  /** 1: print no notes; 2: also print no events. */
  readonly quiet: number;
  /** Send notes and errors to syslog(3). */
  readonly syslog: boolean;
  /** Continue in the background. */
  readonly daemon: boolean;

  /** The column to sort the statistics by, after a `-` in ascending order. */
  readonly sort: string | undefined;
  /** The arguments after `--`: with `--exec` the command and its arguments. */
  readonly rest: readonly string[];
  /** The time without an event before the command runs, in milliseconds. */
  readonly quietFor: number;
  /**
   * The longest time from an event to the run of the command, in milliseconds; if
   * undefined, ten times {@linkcode Options.quietFor}.
   */
  readonly maxWait: number | undefined;
  /** What to do with events while the command runs. */
  readonly onBusy: OnBusy;
  /** Run it before there was an event. */
  readonly now: boolean;
  /** The number of the signal that ends it or, with `signal`, is sent to it. */
  readonly signal: number;
  /** How long it has until SIGKILL, in milliseconds. */
  readonly grace: number;
  /** Run it only if the contents of files have changed. */
  readonly changed: boolean;
  /** Leave standard input to the command. */
  readonly stdin: boolean;
  /** Run it for scratch files of editors as well. */
  readonly scratch: boolean;
  /** Clear the screen before each run. */
  readonly clear: boolean;
  /** The shell to print completions for. */
  readonly shell: Shell;
}

/**
 * Parses the arguments of the command.
 *
 * @throws {UsageError} If an argument is wrong.
 */
export function parseOptions(args: readonly string[]): Options {
  const values = valuesOf(args);
  const { count, texts, operands, rest } = values;
  const about = given(ABOUT, values);
  if (about !== "help" && about !== "version") checkCombination(values);
  const last = (name: FlagName) => texts(name).at(-1);
  const mode = given(MODES, values) ?? "print";
  const format = given(FORMATS, values) ?? "text";
  const onBusy = oneOf(ON_BUSY_MODES, "on-busy", values) ?? "queue";
  const isCompatible = format === "csv" || format === "format";
  return {
    about,
    mode,

    ...sortPaths(operands),
    fromfile: fileOf("fromfile", values),
    recursive: count("recursive") > 0,
    maxDepth: wholeNumber("max-depth", values) ?? Infinity,
    dereference: count("no-dereference") === 0,
    followsLinks: count("dereference") > 0,
    wait: count("wait") > 0,
    initial: count("initial") > 0,

    events: count("event") > 0
      ? parseEvents(texts("event"))
      : isCompatible || mode === "stats" || mode === "top"
      ? EVENTS
      : DEFAULT_EVENTS,
    include: patternsOf("include", values),
    exclude: patternsOf("exclude", values),
    ignore: texts("ignore").map((line) => toIgnoreLine("ignore", line)),
    gitignore: count("gitignore") > 0,
    filter: texts("filter").map((line) => toIgnoreLine("filter", line)),
    exts: texts("exts").flatMap(toExtensions),

    count: count("once") > 0 ? 1 : wholeNumber("count", values) ?? Infinity,
    timeout: seconds("timeout", values) || Infinity,
    untilEof: count("until-eof") > 0,

    format,
    template: last("format") ?? "",
    timeFormat: last("timefmt"),
    terminator: count("null") > 0 ? "\0" : count("no-newline") > 0 ? "" : "\n",
    color: oneOf(COLORS, "color", values) ?? "auto",
    outfile: fileOf("outfile", values),
    quiet: count("quiet"),
    syslog: count("syslog") > 0 || count("daemon") > 0,
    daemon: count("daemon") > 0,

    sort: last("sort"),
    rest,
    quietFor: wholeNumber("quiet-for", values) ?? 100,
    maxWait: wholeNumber("max-wait", values),
    onBusy,
    now: count("now") > 0 || onBusy === "restart",
    signal: signalOf(last("signal") ?? (onBusy === "signal" ? "HUP" : "TERM")),
    grace: seconds("grace", values) ?? 5000,
    scratch: count("scratch") > 0,
    changed: count("changed") > 0,
    stdin: count("stdin") > 0,
    clear: count("clear") > 0,
    shell: oneOf(SHELLS, "completions", values) ?? "bash",
  };
}

/** Separates the paths to watch from the paths to skip, which begin with `@`. */
export function sortPaths(list: readonly string[]): PathList {
  return {
    paths: list.filter((path) => !path.startsWith("@")),
    excludedPaths: list
      .filter((path) => path.startsWith("@"))
      .map((path) => path.slice(1)),
  };
}

function valuesOf(args: readonly string[]): Values {
  const { flags, operands, rest } = sortArguments(args, FLAGS);
  // `parseArgs()` is slower with more flags, so it gets only those that are given.
  const given = FLAGS.filter(({ name }) =>
    flags.some((flag) => flag === `--${name}` || flag.startsWith(`--${name}=`))
  );
  const names = given.map(({ name }) => name);
  const withValue = given.filter(({ value }) => value).map(({ name }) => name);
  const values: Record<string, unknown> = parseArgs(flags, {
    boolean: names.filter((name) => !withValue.includes(name)),
    string: withValue,
    collect: names,
  });
  const all = (name: string) => (values[name] ?? []) as string[];
  const isCommand = all("exec").length > 0;
  return {
    count: (name) => all(name).length,
    texts: all,
    operands: isCommand ? operands : [...operands, ...rest],
    rest,
  };
}

function given<const T extends FlagName>(
  names: readonly T[],
  { count }: Values,
): T | undefined {
  return names.find((name) => count(name) > 0);
}
