/**
 * Writes the manual page, `man/inotify.1`, from the tables and texts of `--help`.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { DEFAULT_EVENTS, EVENTS } from "../lib/cli/arguments/event_names.ts";
import { type Flag, FLAG_GROUPS } from "../lib/cli/arguments/flags.ts";
import { EXAMPLES, EXIT_STATUSES, TEXTS } from "../lib/cli/info/help.ts";
import { TEMPLATE_FIELDS } from "../lib/cli/inotifywait/template_fields.ts";

const PAGE = new URL("../man/inotify.1", import.meta.url);

/** Returns the source of the page; see man(7). */
export function manPage(): string {
  return [
    `.\\" Written by tools/man.ts: deno task man.`,
    `.TH INOTIFY 1 "" "inotify ${config.version}" "User Commands"`,
    section("Name", "inotify \\- print what happens to files and directories"),
    section(
      "Synopsis",
      `.B inotify\n[\\fIOPTION\\fR]... \\fIPATH\\fR...`,
      `.PP\n.B deno run \\-\\-allow\\-ffi jsr:@x/inotify/cli\n` +
        `[\\fIOPTION\\fR]... \\fIPATH\\fR...`,
    ),
    section(
      "Description",
      text(
        `${TEXTS.summary} inotify(7) does not report what another machine ` +
          "changes on a network file system, or what the kernel changes in " +
          "/proc: a note warns about such a PATH.",
      ),
      paragraph(
        "Flags shared with inotifywait(1) behave the same, but the command " +
          "continues after the first event. Short flags may be combined. A " +
          "value follows its flag after a space or, with a long flag, after an " +
          "equals sign. Arguments after -- are paths (with --exec: the " +
          `command), even if they begin with a dash. ${TEXTS.excludedPaths}`,
      ),
    ),
    section("Options", ...FLAG_GROUPS.map(flagGroup)),
    section(
      "Patterns",
      text(TEXTS.patterns),
      paragraph(TEXTS.globs),
    ),
    section(
      "Events",
      text(TEXTS.defaultEvents),
      ...EVENTS.map((event) =>
        definition(
          bold(event.name) + (DEFAULT_EVENTS.includes(event) ? " *" : ""),
          event.meaning,
        )
      ),
    ),
    section(
      "Fields",
      text(TEXTS.fields),
      ...TEMPLATE_FIELDS.map(({ name, meaning }) =>
        definition(bold(name), meaning)
      ),
    ),
    section(
      "Commands",
      text(TEXTS.exec),
    ),
    section(
      "Permissions",
      text(
        "Deno needs the permission --allow-ffi, for all libraries or for the C " +
          "library alone. In addition, --outfile needs --allow-write and " +
          "--fromfile needs --allow-read for the file, --exec needs " +
          "--allow-run for the command, and --daemon needs --allow-run=deno " +
          "to run itself.",
      ),
    ),
    section(
      "Exit status",
      ...EXIT_STATUSES.map(({ status, meaning }) =>
        definition(bold(`${status}`), meaning)
      ),
      paragraph(TEXTS.counting),
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

/** Returns how a flag is written: `-e, --event LIST`. */
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

/** Returns the troff source that prints `plain`. */
function text(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^(?=[.'])/, "\\&");
}

if (import.meta.main) await Deno.writeTextFile(PAGE, manPage());
