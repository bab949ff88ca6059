/**
 * Writes the manual page, `man/inotify.1`, from what `--help` is made of.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { DEFAULT_EVENTS, EVENTS } from "../lib/cli/arguments/event_names.ts";
import { type Flag, FLAG_GROUPS } from "../lib/cli/arguments/flags.ts";
import { EXAMPLES } from "../lib/cli/info/help.ts";
import { TEMPLATE_FIELDS } from "../lib/cli/inotifywait/template_fields.ts";

const PAGE = new URL("../man/inotify.1", import.meta.url);

const STATUSES: readonly (readonly [status: number, meaning: string])[] = [
  [
    0,
    "events were reported, as many as were asked for or until nothing was " +
    "left to watch",
  ],
  [1, "an error, or nothing was left to watch before there was an event"],
  [2, "the arguments are wrong, or --timeout passed without an event"],
  [129, "ended by SIGHUP"],
  [130, "ended by SIGINT, which is Ctrl-C"],
  [143, "ended by SIGTERM"],
];

/** What man(1) reads; see man(7). */
export function manPage(): string {
  return [
    `.\\" Made by tools/man.ts: deno task man.`,
    `.TH INOTIFY 1 "" "inotify ${config.version}" "User Commands"`,
    section("Name", "inotify \\- report what happens to files and directories"),
    section(
      "Synopsis",
      `.B inotify\n[\\fIOPTION\\fR]... \\fIPATH\\fR...`,
      `.PP\n.B deno run \\-\\-allow\\-ffi jsr:@x/inotify/cli\n` +
        `[\\fIOPTION\\fR]... \\fIPATH\\fR...`,
    ),
    section(
      "Description",
      text(
        "Reports what happens to each PATH and to the entries of a directory, " +
          "until Ctrl-C. Events go to standard output, notes and errors to " +
          "standard error. What another machine changes in a network file " +
          "system, or the kernel in /proc, inotify(7) does not see: a note " +
          "says so.",
      ),
      paragraph(
        "The flags that inotifywait(1) has, too, mean here what they mean " +
          "there, but it goes on after the first event. Short flags can be " +
          "joined, and a value follows its flag after a space or, with a long " +
          "one, after an equals sign. What stands behind -- is no flag. A PATH " +
          "with @ before it is passed by, with what lies below it.",
      ),
    ),
    section("Options", ...FLAG_GROUPS.map(flagGroup)),
    section(
      "Patterns",
      text(
        "RE is a regular expression of JavaScript and matches anywhere in a " +
          "path as it is printed.",
      ),
      paragraph(
        "GLOB is for a name at any depth or, with a slash in it, for the path " +
          "below PATH; a slash at its end makes it one for directories alone.",
      ),
    ),
    section(
      "Events",
      text(
        "Without --event it reports those that are marked with a star; with " +
          "--csv, --format, --stats or --top all of them.",
      ),
      ...EVENTS.map((event) =>
        definition(
          bold(event.name) + (DEFAULT_EVENTS.includes(event) ? " *" : ""),
          event.meaning,
        )
      ),
    ),
    section(
      "Fields",
      text(
        "These stand in FMT, for events as inotifywait(1) has them: the " +
          "halves of a move one by one, and what happens to a watched " +
          "directory also as its own.",
      ),
      ...TEMPLATE_FIELDS.map(({ name, meaning }) =>
        definition(bold(name), meaning)
      ),
    ),
    section(
      "Commands",
      text(
        "The command of --exec runs without a shell and reads the events from " +
          "standard input, as --json prints them.",
      ),
    ),
    section(
      "Permissions",
      text(
        "Deno has to be given --allow-ffi, all of it or for the C library " +
          "alone. Beyond that, --outfile wants --allow-write and --fromfile " +
          "--allow-read for the file, --exec wants --allow-run for the " +
          "command, and --daemon wants --allow-run=deno to run itself.",
      ),
    ),
    section(
      "Exit status",
      ...STATUSES.map(([status, meaning]) =>
        definition(bold(`${status}`), meaning)
      ),
      paragraph(
        "With --exec and --once or --count it is that of the command: 128 and " +
          "the signal if one killed it, 127 if it does not exist, 126 if it " +
          "cannot be run. With --stats and --top, for which --timeout is how " +
          "long to count, it is 0 if there were events by then.",
      ),
    ),
    section(
      "Examples",
      ...EXAMPLES.map(({ line, meaning }) => definition(bold(line), meaning)),
    ),
    section(
      "See also",
      ".BR inotify (7),\n.BR fanotify (7),\n.BR inotifywait (1),\n" +
        ".BR inotifywatch (1)",
    ),
    "",
  ].join("\n");
}

function section(title: string, ...parts: readonly string[]): string {
  return [`.SH ${title.toUpperCase()}`, ...parts].join("\n");
}

function flagGroup({ title, flags }: typeof FLAG_GROUPS[number]): string {
  const rows = flags.map((flag) => definition(synopsis(flag), flag.meaning));
  return [`.SS ${text(title)}`, ...rows].join("\n");
}

/** How a flag is written: `-e, --event LIST`. */
function synopsis({ short, name, value }: Flag): string {
  const letter = short ? `${bold(`-${short}`)}, ` : "";
  const rest = value ? ` \\fI${text(value)}\\fR` : "";
  return `${letter}${bold(`--${name}`)}${rest}`;
}

function definition(term: string, meaning: string): string {
  return `.TP\n${term}\n${text(meaning)}`;
}

function paragraph(plain: string): string {
  return `.PP\n${text(plain)}`;
}

function bold(plain: string): string {
  return `\\fB${text(plain)}\\fR`;
}

/** What troff prints as `plain`. */
function text(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^(?=[.'])/, "\\&");
}

if (import.meta.main) await Deno.writeTextFile(PAGE, manPage());
