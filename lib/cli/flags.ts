/** The arguments of the command: one table, and what the parser makes of it. */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_MASK, maskOfEvents } from "./events.ts";
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
  { name: "help", short: "h", meaning: "print this help" },
  { name: "version", short: "V", meaning: "print the version" },
] as const satisfies readonly Flag[];

/** Flags that are to come; until then each is refused, lest it be ignored. */
const PLANNED: readonly string[] = [
  "-r --recursive -P --no-dereference --max-depth --wait",
  "--include --includei --exclude --excludei --ignore --fromfile",
  "-1 --once -n --count -t --timeout",
  "--format --timefmt --no-newline -0 -c --csv",
  "-o --outfile -d --daemon -s --syslog",
  "--stats --top -x --exec --quiet-for --on-busy --limits",
].flatMap((flags) => flags.split(" "));

const COLORS = ["auto", "always", "never"] as const;

/** When to use colours; `auto` means on a terminal. */
export type Color = typeof COLORS[number];

/** What the arguments ask for. */
export interface Options {
  /** The paths to watch. */
  readonly paths: readonly string[];
  /** The events to report: bits of `IN`. */
  readonly mask: number;
  /** How an event is printed. */
  readonly format: "text" | "json" | "raw";
  /** When to use colours. */
  readonly color: Color;
  /** 1: print no notes; 2: print no events either. */
  readonly quiet: number;
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
  const { count, texts } = valuesOf(args);
  const [json, raw] = [count("json") > 0, count("raw") > 0];
  if (json && raw) throw new UsageError("Cannot combine --json with --raw");
  const events = texts("event");
  return {
    paths: texts("_").map(assertPath),
    mask: events.length > 0 ? maskOfEvents(events) : DEFAULT_MASK,
    format: json ? "json" : raw ? "raw" : "text",
    color: colorOf(texts("color").at(-1) ?? "auto"),
    quiet: count("quiet"),
    help: count("help") > 0,
    version: count("version") > 0,
  };
}

type Name = typeof FLAGS[number]["name"];

interface Values {
  /** How many times a switch was given. */
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
    count: (name) => (values[name] as boolean[]).filter(Boolean).length,
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
