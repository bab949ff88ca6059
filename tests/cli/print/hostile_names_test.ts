/** Hostile names of files, in the output of the command. */

import { assert, assertEquals } from "@std/assert";
import { Command } from "../../support/command.ts";
import { parseCsv } from "../../support/csv.ts";
import { TestDirectory } from "../../support/directory.ts";
import {
  HOSTILE_NAMES,
  HostileDirectory,
  printed,
  UNSAFE,
} from "../../support/hostile_names.ts";
import { Log } from "../../support/log.ts";
import { ABOVE, hasNamespaces, limited } from "../../support/namespaces.ts";
import {
  hasScript,
  onLargeTerminal,
  onTerminal,
  ROWS,
} from "../../support/pseudo_terminal.ts";
import { makeDirectory, makeFile } from "../../support/system.ts";
import { runLocally } from "../../support/local_command.ts";

// Printed

/** A form in which a path is on one line. */
interface Safe {
  args: string[];
  /** Returns the path on a line. */
  path: (line: string) => string;
}

const TEXT: Safe[] = [
  { args: [], path: shownPath },
  { args: ["--format", "%e %w%f"], path: shownPath },
  { args: ["--csv"], path: csvPath },
  { args: ["--stats"], path: shownPath },
];

const JSON_LINES: Safe = {
  args: ["--json"],
  path: (line) => JSON.parse(line).path,
};

const COLORED: Safe = { args: ["--color", "always"], path: shownPath };

/** The sequences that color a line. */
// deno-lint-ignore no-control-regex
const COLOR = /\x1b\[\d+m/g;

/** Returns the path at the end of a line, with the escapes of JSON. */
function shownPath(line: string): string {
  const shown = line.slice(line.indexOf("/"));
  return JSON.parse(`"${shown.replaceAll('"', '\\"')}"`);
}

/** Returns the path as the first field and as the last one. */
function csvPath(line: string): string {
  const [fields] = parseCsv(line);
  return shownPath(fields![0]! + fields![2]!);
}

for (const { args, path } of [JSON_LINES, COLORED]) {
  Deno.test(`\`cli.ts ${args.join(" ")}\` prints one safe line for any name`, async () => {
    using directory = new HostileDirectory();
    const text = await printed(args, directory);
    const lines = text.replaceAll(COLOR, "").split("\n").slice(0, -1);
    // A heading is a line that is not an event.
    assertSafe(lines.slice(-directory.paths.length), path, directory);
  });
}

for (const { args, path } of [...TEXT, JSON_LINES, COLORED]) {
  const what = ["cli.ts", ...args].join(" ");
  Deno.test({
    name: `\`${what}\` prints one safe line for any name on a terminal`,
    ignore: !hasScript,
    async fn() {
      using directory = new HostileDirectory();
      const text = await printed(args, directory, { within: onTerminal });
      const lines = text.replaceAll(COLOR, "").split("\r\n").slice(0, -1);
      assertSafe(lines.slice(-directory.paths.length), path, directory);
    },
  });
}

function assertSafe(
  lines: readonly string[],
  path: (line: string) => string,
  { paths }: HostileDirectory,
): void {
  for (const line of lines) assert(!UNSAFE.test(line), JSON.stringify(line));
  // A table sorts the names.
  assertEquals(lines.map(path).toSorted(), paths.toSorted());
}

Deno.test("`cli.ts --raw` prints one safe line for any name", async () => {
  using directory = new TestDirectory();
  const count = `${HOSTILE_NAMES.length}`;
  const args = ["--raw", "-e", "create", "-n", count, directory.path];
  await using command = new Command(args);
  await command.watching();
  for (const name of HOSTILE_NAMES) makeFile(directory.at(name));
  const lines = (await command.end()).stdout.split("\n").slice(1, -1);
  for (const line of lines) assert(!UNSAFE.test(line), JSON.stringify(line));
  const names: readonly string[] = lines.map((line) =>
    JSON.parse(line.split(" name=")[1]!)
  );
  assertEquals(names, HOSTILE_NAMES);
});

// Drawn

// The sequences that `--top` writes around its lines.
const ENTER = "\x1b[?1049h\x1b[2J\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
// The terminal also puts a carriage return before each newline.
const LINE_END = /\r+\n/;

Deno.test({
  name: "`cli.ts --top` draws any name on one safe line",
  ignore: !hasScript,
  async fn() {
    using directory = new HostileDirectory();
    const { path, paths } = directory;
    const args = ["--top", "-r", "-e", "create", path];
    await using command = new Command(args, { within: onLargeTerminal });
    await command.stdout.linesUntil("Watching");
    directory.fill();
    const count = paths.length;
    const before = await command.stdout.linesUntil(
      `${count} events on ${count} paths`,
    );
    await command.stdin.write(new TextEncoder().encode("q"));
    const { code, stdout } = await command.end();
    assertEquals(code, 0);
    const [enter, ...screens] = `${before.join("\n")}\n${stdout}`
      .replace(LEAVE, "").split(HOME);
    assertEquals(enter, ENTER);
    for (const screen of screens) {
      const lines = screen.split(LINE_END);
      assertEquals(lines.length, ROWS);
      for (const line of lines) {
        assert(line.startsWith(CLEAR_LINE), JSON.stringify(line));
        const text = line.slice(CLEAR_LINE.length);
        assert(!UNSAFE.test(text), JSON.stringify(text));
      }
    }
    const shown = screens.at(-1)!.split(LINE_END)
      .filter((line) => line.includes(path)).map(shownPath);
    assertEquals(shown.toSorted(), paths.toSorted());
  },
});

// To a command

Deno.test("`cli.ts --exec` passes any name to its command as JSON, without a shell", async () => {
  using directory = new HostileDirectory();
  using elsewhere = new TestDirectory();
  const { path } = directory;
  const script = "cat /proc/$$/cmdline /proc/$$/environ - && ls -A";
  const given = HOSTILE_NAMES.filter((name) => name.isWellFormed());
  const argv = ["sh", "-c", script, ...given];
  await using command = new Command(
    ["--once", "-r", "-e", "create", path, "--exec", "--", ...argv],
    {
      permissions: ["--allow-ffi", "--allow-run=sh"],
      within: ["env", "-C", elsewhere.path],
    },
  );
  await command.stderr.linesUntil("Watching");
  await command.pause();
  directory.fill();
  command.resume();
  const { code, stdout } = await command.end();
  assertEquals(code, 0);
  const parts = stdout.split("\0");
  // The first field is the path of the program.
  assertEquals(parts.slice(1, argv.length), argv.slice(1));
  const input = parts.pop()!;
  for (const part of parts.slice(argv.length)) assert(!part.includes(path));
  // After the events there is nothing: the directory of the command is empty.
  const lines = input.split("\n").slice(0, -1);
  assertSafe(lines, JSON_LINES.path, directory);
});

// Noted

/** The modes that print a note for a directory that cannot be watched. */
const NOTING: string[][] = [["--csv"], ["--format", "%f"], ["--stats"]];

for (const args of NOTING) {
  Deno.test({
    name: `\`cli.ts ${args.join(" ")}\` notes any name on one safe line`,
    ignore: !hasNamespaces,
    async fn() {
      using directory = new HostileDirectory();
      const within = limited("watches", 1, ABOVE);
      await using command = new Command([...args, "-r", directory.path], {
        within,
      });
      await command.stderr.linesUntil("Watching");
      await assertNoted(directory, () => command.stderr.line());
    },
  });
}

Deno.test({
  name: "`cli.ts --syslog` logs any name on one safe line",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new HostileDirectory();
    using logs = new TestDirectory();
    await using log = await Log.at(logs.path);
    const within = [...log.within, ...limited("watches", 1, ABOVE)];
    await using _command = new Command(
      ["--syslog", "--csv", "-r", directory.path],
      { within },
    );
    assert((await log.line()).endsWith("Watching 2 directories"));
    await assertNoted(directory, () => log.line());
  },
});

/** Creates directories without a watch, and reads a note on each. */
async function assertNoted(
  { paths }: HostileDirectory,
  nextLine: () => Promise<string>,
): Promise<void> {
  for (const path of paths) makeDirectory(path);
  for (const path of paths) {
    const line = await nextLine();
    assert(!UNSAFE.test(line), JSON.stringify(line));
    const text = JSON.parse(`"${line.replaceAll('"', '\\"')}"`);
    assert(text.includes(`'${path}'`), line);
  }
}

Deno.test("`cli.ts` prints an error on one safe line for any name", async () => {
  // Names that are not UTF-8 cannot be arguments in Deno.
  const given = HOSTILE_NAMES.filter((name) =>
    name.isWellFormed() && name.length < 20
  );
  const { code, stderr } = await runLocally([given.join("")]);
  assertEquals(code, 1);
  assert(stderr.endsWith("'\n"), stderr);
  assert(!UNSAFE.test(stderr.slice(0, -1)), JSON.stringify(stderr));
});
