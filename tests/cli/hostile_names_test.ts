/** Names that anyone may give to a file, in what the command prints. */

import { assert, assertEquals } from "@std/assert";
import { Command, runCommand } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { makeFile } from "../support/system.ts";

const NAMES = [
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
  "\\u001b",
];

/** What moves the cursor, ends a line, turns text round or is no text. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/** The sequences that colour a line. */
// deno-lint-ignore no-control-regex
const COLOR = /\x1b\[\d+m/g;

const MODES: string[][] = [["--json"], ["--raw"], ["--color", "always"]];

for (const mode of MODES) {
  Deno.test(`\`cli.ts ${mode.join(" ")}\` prints one safe line for any name`, async () => {
    using directory = new TestDirectory();
    const args = [...mode, "-e", "create", directory.path];
    await using command = new Command(args);
    await command.watching();
    for (const name of NAMES) makeFile(directory.at(name));
    directory.directory("last");
    const lines = await command.stdout.linesUntil("last");
    const events = lines.slice(-NAMES.length - 1, -1);
    assertEquals(events.length, NAMES.length);
    for (const line of events.map((line) => line.replaceAll(COLOR, ""))) {
      assert(!UNSAFE.test(line), JSON.stringify(line));
    }
    const text = events.join("\n");
    assert(!NAMES.some((name) => UNSAFE.test(name) && text.includes(name)));
    if (mode[0] !== "--json") return;
    const paths = events.map((line) => JSON.parse(line).path);
    assertEquals(paths, NAMES.map((name) => directory.at(name)));
  });
}

Deno.test("`cli.ts` prints an error on one safe line for any name", async () => {
  // What is not UTF-8 cannot be given as an argument.
  const given = NAMES.filter((name) => name.isWellFormed() && name.length < 20);
  const { code, stderr } = await runCommand([given.join("")]);
  assertEquals(code, 1);
  assert(stderr.endsWith("'\n"), stderr);
  assert(!UNSAFE.test(stderr.slice(0, -1)), JSON.stringify(stderr));
});
