/** File names that attackers may choose, and trees with them. */

import { assertEquals } from "@std/assert";
import { Command, type CommandOptions } from "./command.ts";
import { TestDirectory } from "./directory.ts";
import { LocalCommand } from "./local_command.ts";
import { makeDirectory, makeFile } from "./system.ts";

/** Names of files. */
export const HOSTILE_NAMES: readonly string[] = [
  "\x1b[2J\x1b[H", // clears the screen
  "\x1b]0;title\x07", // names the window
  "\x1b]52;c;YQ==\x07", // fills the clipboard
  "\x1bP+q544e\x1b\\", // asks the terminal, which answers as if typed
  "a\nb",
  "a\r\nb",
  "\rb",
  "a\tb\vc\fd",
  "\b\b\b\x7f",
  "\x9b2J", // ESC [ as one character
  "\udc9b2J", // and as one byte
  "\u202egpj.exe", // turned round
  "\u2066a\u2069",
  "\u2028a\u2029",
  "\ufeffa",
  "caf\udce9",
  "\udcff".repeat(255),
  "\x1b".repeat(255),
  "...",
  "..a",
  "-rf",
  "--help",
  "$(touch x)",
  "`touch x`",
  ";touch x",
  "a' \"b",
  '"}\n{"type":"ready"}',
  '","',
  "a,b",
  " a ",
  "%w%n",
  "\\u001b",
];

/** Names that move the cursor, end a line, reverse text or are not text. */
export const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/** A tree in which entries with these names are created. */
export class HostileDirectory extends TestDirectory {
  /** The paths of the entries, in a directory with such a name. */
  readonly paths: readonly string[];

  constructor() {
    super();
    const within = this.at("\x1b[2J\r\n\",'\udcff");
    makeDirectory(within);
    this.paths = HOSTILE_NAMES.map((name) => `${within}/${name}`);
  }

  /** Creates a file at each of the paths. */
  fill(): void {
    for (const path of this.paths) makeFile(path);
  }
}

/**
 * Returns the output of the command for the names, without its notes. With
 * options, it runs in a process of its own.
 */
export async function printed(
  args: readonly string[],
  directory: HostileDirectory,
  options?: CommandOptions,
): Promise<string> {
  const { paths, path } = directory;
  const all = [...args, "-r", "-e", "create", "-n", `${paths.length}`, path];
  await using command = options
    ? new Command(all, options)
    : new LocalCommand(all);
  const notes = options?.within ? command.stdout : command.stderr;
  await notes.linesUntil("Watching");
  directory.fill();
  const { code, stdout } = await command.end();
  assertEquals(code, 0);
  return stdout;
}
