/** The arguments of the command: one table, and what the parser makes of it. */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_EVENTS, type EventKind, parseEvents } from "./events.ts";
import { type Glob, parseGlob } from "./glob.ts";
import { UsageError } from "./usage_error.ts";

/** A flag as the parser, the help and the manual want it. */
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

/** How the command is called. */
export const USAGE =
  "Usage: deno run --allow-ffi jsr:@x/inotify/cli [OPTIONS] PATH...";

/** Every flag that the command takes. */
export const FLAGS = [
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
    name: "include",
    value: "RE",
    meaning: "report only paths in which RE matches; repeatable",
  },
  { name: "includei", value: "RE", meaning: "the same, whatever the case" },
  {
    name: "exclude",
    value: "RE",
    meaning: "pass by such paths and all below them; repeatable",
  },
  { name: "excludei", value: "RE", meaning: "the same, whatever the case" },
  {
    name: "ignore",
    value: "GLOB",
    meaning: "the same for a glob as in .gitignore; repeatable",
  },
  {
    name: "wait",
    meaning: "wait for each PATH that does not exist, or no longer",
  },
  {
    name: "event",
    short: "e",
    value: "LIST",
    meaning: "report these events: names between commas; repeatable",
  },
  {
    name: "monitor",
    short: "m",
    meaning: "go on after the first event, which is the default",
  },
  {
    name: "json",
    meaning: "print one JSON object a line, the first when ready",
  },
  {
    name: "raw",
    meaning: "print the events with the fields that the kernel gives",
  },
  {
    name: "color",
    value: "WHEN",
    meaning: "use colours: auto (on a terminal), always or never",
  },
  {
    name: "quiet",
    short: "q",
    meaning: "print no notes; twice (-qq), print no events either",
  },
  {
    name: "limits",
    meaning: "print the limits on watches and who uses them, and end",
  },
  { name: "help", short: "h", meaning: "print this help" },
  { name: "version", short: "V", meaning: "print the version" },
] as const satisfies readonly Flag[];

/** Flags that are to come; until then each is refused, lest it be ignored. */
const PLANNED: readonly string[] = [
  "-P --no-dereference --fromfile",
  "-1 --once -n --count -t --timeout",
  "--format --timefmt --no-newline -0 -c --csv",
  "-o --outfile -d --daemon -s --syslog",
  "--stats --top -x --exec --quiet-for --on-busy",
].flatMap((flags) => flags.split(" "));

const COLORS = ["auto", "always", "never"] as const;

/** When to use colours; `auto` means on a terminal. */
export type Color = typeof COLORS[number];

/** What the arguments ask for. */
export interface Options {
  /** The paths to watch. */
  readonly paths: readonly string[];
  /** Watch directories with all that lies below them. */
  readonly recursive: boolean;
  /** How deep. */
  readonly maxDepth: number;
  /** Report only paths that one of these matches, if there is any. */
  readonly include: readonly RegExp[];
  /** Pass by the paths that one of these matches. */
  readonly exclude: readonly RegExp[];
  /** Pass by the paths that one of these matches, too. */
  readonly ignore: readonly Glob[];
  /** Wait for paths that do not exist. */
  readonly wait: boolean;
  /** The events to report. */
  readonly events: readonly EventKind[];
  /** How an event is printed. */
  readonly format: "text" | "json" | "raw";
  /** When to use colours. */
  readonly color: Color;
  /** 1: print no notes; 2: print no events either. */
  readonly quiet: number;
  /** Print the limits, nothing else. */
  readonly limits: boolean;
  /** Print the help, nothing else. */
  readonly help: boolean;
  /** Print the version, nothing else. */
  readonly version: boolean;
}

/**
 * Reads the arguments of the command.
 *
 * @throws {UsageError} If they are wrong.
 */
export function parseFlags(args: readonly string[]): Options {
  const values = valuesOf(args);
  const { count, texts } = values;
  const isRaw = count("raw") > 0;
  if (isRaw) assertNone(NOT_RAW, values);
  if (count("limits") > 0) assertLimits(values);
  const recursive = count("recursive") > 0;
  if (!recursive && count("max-depth") > 0) {
    throw new UsageError("Cannot use --max-depth without --recursive");
  }
  const events = texts("event");
  return {
    paths: texts("_").map(assertPath),
    recursive,
    maxDepth: depthOf(texts("max-depth").at(-1)),
    include: patternsOf("include", values),
    exclude: patternsOf("exclude", values),
    ignore: texts("ignore").map((text) => compile("ignore", text, parseGlob)),
    wait: count("wait") > 0,
    events: events.length > 0 ? parseEvents(events) : DEFAULT_EVENTS,
    format: isRaw ? "raw" : count("json") > 0 ? "json" : "text",
    color: colorOf(texts("color").at(-1) ?? "auto"),
    quiet: count("quiet"),
    limits: count("limits") > 0,
    help: count("help") > 0,
    version: count("version") > 0,
  };
}

/** What the kernel knows nothing of, and JSON. */
const NOT_RAW = [
  "json",
  "recursive",
  "max-depth",
  "include",
  "includei",
  "exclude",
  "excludei",
  "ignore",
  "wait",
] as const satisfies readonly Name[];

function assertNone(names: readonly Name[], { count }: Values): void {
  const name = names.find((name) => count(name) > 0);
  if (name) throw new UsageError(`Cannot combine --${name} with --raw`);
}

/** What goes with `--limits`, which watches nothing. */
const WITH_LIMITS: readonly Name[] = [
  "limits",
  "json",
  "color",
  "quiet",
  "help",
  "version",
];

function assertLimits({ count, texts }: Values): void {
  const name = FLAGS.map(({ name }) => name).find((name) =>
    !WITH_LIMITS.includes(name) && count(name) > 0
  );
  if (name) throw new UsageError(`Cannot combine --${name} with --limits`);
  const [path] = texts("_");
  if (path === undefined) return;
  throw new UsageError(`Cannot combine the path '${path}' with --limits`);
}

function depthOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot use '${text}' for --max-depth: it takes a number from 1 on`,
  );
}

/** The regular expressions of a flag, and of its twin that ignores case. */
function patternsOf(
  name: "include" | "exclude",
  { texts }: Values,
): RegExp[] {
  const twin = `${name}i` as const;
  return [
    ...texts(name).map((text) => compile(name, text, toRegExp)),
    ...texts(twin).map((text) =>
      compile(twin, text, (text) => toRegExp(text, "i"))
    ),
  ];
}

function toRegExp(text: string, flags?: string): RegExp {
  if (text === "") throw new SyntaxError("it is empty");
  return new RegExp(text, flags);
}

/** What `read` makes of the `text` that a flag was given. */
function compile<T>(name: Name, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    // The message for a regular expression names it first.
    const reason = (error as Error).message.replace(/^.*: /s, "");
    throw new UsageError(`Cannot use '${text}' for --${name}: ${reason}`);
  }
}

type Name = typeof FLAGS[number]["name"];

interface Values {
  /** How many times a flag was given. */
  count(name: Name): number;
  /** What a flag with a value was given, in order; `_` stands for the paths. */
  texts(name: Name | "_"): string[];
}

function valuesOf(args: readonly string[]): Values {
  const flags: readonly Flag[] = FLAGS;
  const names = flags.map(({ name }) => name);
  const withValue = flags.filter(({ value }) => value).map(({ name }) => name);
  const values: Record<string, unknown> = parseArgs(args.map(guard), {
    alias: Object.fromEntries(
      flags.flatMap(({ name, short }) => short ? [[name, short]] : []),
    ),
    boolean: names.filter((name) => !withValue.includes(name)),
    string: ["_", ...withValue],
    collect: names,
    unknown: refuse,
  });
  return {
    count: (name) =>
      (values[name] as unknown[]).filter((value) => value !== false).length,
    texts: (name) => (values[name] as string[]).map(unguard),
  };
}

// `true` and `false` are names of files, too, but parseArgs takes them for the
// value of a switch before them. No argument has a NUL of its own.
function guard(arg: string): string {
  return arg === "true" || arg === "false" ? `\0${arg}` : arg;
}

function unguard(text: string): string {
  return text.replace("\0", "");
}

/** Throws for an unknown flag; without a `key` it is a path. */
function refuse(arg: string, key?: string): void {
  if (key === undefined) return;
  const flag = arg.startsWith("--") ? `--${key}` : `-${key}`;
  const reason = PLANNED.includes(flag)
    ? "it is not supported yet"
    : "--help lists the known";
  throw new UsageError(`Cannot use the option '${flag}': ${reason}`);
}

function assertPath(path: string): string {
  if (!path.startsWith("@")) return path;
  throw new UsageError(
    `Cannot exclude '${path}': it is not supported yet; ` +
      `to watch it, write './${path}'`,
  );
}

function colorOf(value: string): Color {
  const color = COLORS.find((color) => color === value);
  if (color) return color;
  throw new UsageError(
    `Cannot use '${value}' for --color: the known are ${COLORS.join(", ")}`,
  );
}
