/** The output of the command for changes. */

import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";

import { LargeDirectory, TestDirectory } from "../../support/directory.ts";
import { overflowQueue } from "../../support/flood.ts";
import { LocalCommand, runLocally } from "../../support/local_command.ts";
import { countAbove } from "../../support/process.ts";

interface Row {
  /** The operation, in a directory with `file` and the empty `folder`. */
  does: string;
  run: (directory: TestDirectory) => void;
  args?: string[];
  /** The type and the path of each event; a directory has a slash at its end. */
  events: string[];
}

const ROWS: Row[] = [
  {
    does: "creating a file with text in it",
    run: (directory) => Deno.writeTextFileSync(directory.at("a"), "text"),
    events: ["create DIR/a", "modify DIR/a", "close_write DIR/a"],
  },
  {
    does: "creating a directory",
    run: (directory) => Deno.mkdirSync(directory.at("a")),
    events: ["create DIR/a/"],
  },
  {
    does: "changing the permissions of a file",
    run: (directory) => Deno.chmodSync(directory.at("file"), 0o600),
    events: ["attrib DIR/file"],
  },
  {
    does: "changing the permissions of the directory",
    run: (directory) => Deno.chmodSync(directory.path, 0o755),
    events: ["attrib DIR/"],
  },
  {
    does: "renaming a file",
    run: (directory) =>
      Deno.renameSync(directory.at("file"), directory.at("a")),
    events: ["move DIR/a from DIR/file"],
  },
  {
    does: "deleting a directory",
    run: (directory) => Deno.removeSync(directory.at("folder")),
    events: ["delete DIR/folder/"],
  },
  {
    does: "no event for reading a file",
    run: (directory) => Deno.readTextFileSync(directory.at("file")),
    events: [],
  },
  {
    does: "reading a file with `-e all`",
    run: (directory) => Deno.readTextFileSync(directory.at("file")),
    args: ["-e", "all"],
    events: [
      "open DIR/file",
      "access DIR/file",
      "close_nowrite DIR/file",
    ],
  },
  {
    does: "only deletion and arrival with `-e delete,moved_to`",
    run: (directory) => {
      Deno.renameSync(directory.at("file"), directory.at("a"));
      Deno.chmodSync(directory.at("a"), 0o600);
      Deno.removeSync(directory.at("a"));
    },
    args: ["-e", "delete,moved_to"],
    events: ["move DIR/a from DIR/file", "delete DIR/a"],
  },
];

for (const { does, run, args = [], events } of ROWS) {
  Deno.test(`\`cli.ts --json\` reports ${does}`, async () => {
    using directory = new TestDirectory();
    Deno.writeTextFileSync(directory.at("file"), "text");
    directory.directory("folder");
    await using command = await LocalCommand.ready([...args, directory.path]);
    run(directory);
    const lines = await linesSoFar(command, directory);
    assertEquals(lines.map((line) => summary(line, directory)), events);
  });
}

/** Returns the output of the command for all changes so far. */
async function linesSoFar(
  { stdout }: LocalCommand,
  directory: TestDirectory,
): Promise<string[]> {
  Deno.removeSync(directory.file("last"));
  const lines = await stdout.linesUntil(
    'delete","path":"' + directory.at("last"),
  );
  return lines.filter((line) => !line.includes(directory.at("last")));
}

function summary(line: string, directory: TestDirectory): string {
  const { type, path, from, isDirectory, time } = JSON.parse(line);
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const slash = isDirectory ? "/" : "";
  const source = from ? ` from ${from}` : "";
  return `${type} ${path}${slash}${source}`.replaceAll(directory.path, "DIR");
}

Deno.test("`cli.ts --json` first prints how many watches it has", async () => {
  using a = new TestDirectory();
  using b = new TestDirectory();
  await using command = new LocalCommand([
    "--json",
    a.path,
    b.path,
    b.file("c"),
  ]);
  const watches = 3 + countAbove(a.path);
  assertEquals(
    await command.stdout.line(),
    `{"type":"ready","watches":${watches}}`,
  );
  assertEquals(await command.stderr.line(), "inotify: Watching 3 paths");
});

Deno.test("`cli.ts --json` reports one inode under each of its paths", async () => {
  using directory = new TestDirectory();
  const paths = [directory.directory("d"), directory.at("link")];
  Deno.symlinkSync("d", directory.at("link"));
  await using command = await LocalCommand.ready(["--json", ...paths]);
  directory.directory("d/a");
  const reported = [
    summary(await command.stdout.line(), directory),
    summary(await command.stdout.line(), directory),
  ];
  assertEquals(reported.sort(), ["create DIR/d/a/", "create DIR/link/a/"]);
});

Deno.test("`cli.ts --json` prints all bytes of a name that is not UTF-8", async () => {
  using directory = new TestDirectory();
  await using command = await LocalCommand.ready([
    "-e",
    "create",
    directory.path,
  ]);
  createFile("a\\377\\033\\n", directory);
  const line = await command.stdout.line();
  assertMatch(line, /a\\udcff\\u001b\\n"/);
  assertEquals(JSON.parse(line).path, directory.at("a\udcff\x1b\n"));
});

Deno.test("`cli.ts` prints time, type and path, with unchanged names", async () => {
  using directory = new TestDirectory();
  await using command = new LocalCommand([
    "-e",
    "create,delete",
    directory.path,
  ]);
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  createFile("a\\377\\033b", directory);
  const line = await command.stdout.line();
  assertMatch(line, /^\d\d:\d\d:\d\d\.\d{3} create {8}\//);
  assertEquals(line.slice(27), directory.at("a\udcff\x1bb"));
});

/** Creates a file whose name has the escapes of bash, for any byte. */
function createFile(name: string, { path }: TestDirectory): void {
  const script = `touch -- $'${name}'`;
  new Deno.Command("bash", { args: ["-c", script], cwd: path }).outputSync();
}

Deno.test("`cli.ts --raw` prints the kernel's own events", async () => {
  using directory = new TestDirectory();
  const watched = directory.directory("a");
  await using command = new LocalCommand(["--raw", "-q", watched]);
  const [, fd] = /^Watching ".*\/a" \(wd=1\), fd=(\d+)$/.exec(
    await command.stdout.line(),
  )!;
  assertMatch(fd!, /^\d+$/);
  Deno.mkdirSync(`${watched}/b"`);
  Deno.renameSync(`${watched}/b"`, `${watched}/c`);
  const lines = await command.stdout.linesUntil("IN_MOVED_TO");
  const cookie = /cookie=(\d+)/.exec(lines.at(-1)!)![1];
  assertEquals(lines, [
    'wd=1 mask=0x40000100 (IN_CREATE | IN_ISDIR) cookie=0 name="b\\""',
    `wd=1 mask=0x40000040 (IN_MOVED_FROM | IN_ISDIR) cookie=${cookie} ` +
    'name="b\\""',
    `wd=1 mask=0x40000080 (IN_MOVED_TO | IN_ISDIR) cookie=${cookie} name="c"`,
  ]);
  Deno.removeSync(watched, { recursive: true });
  const { code, stdout, stderr } = await command.end();
  assertEquals(stdout.split("\n").slice(-3), [
    'wd=1 mask=0x400 (IN_DELETE_SELF) cookie=0 name=""',
    'wd=1 mask=0x8000 (IN_IGNORED) cookie=0 name=""',
    "",
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("`cli.ts -0` also ends the lines before the events with a NUL", async () => {
  using directory = new TestDirectory();
  for (const format of ["--json", "--raw"]) {
    const args = ["-q", "-0", "-t", "0.1", format, directory.path];
    const { stdout } = await runLocally(args);
    assertMatch(stdout, /^[^\n\0]+\0$/);
  }
});

Deno.test("`cli.ts --color always` prints colors without a terminal", async () => {
  using directory = new TestDirectory();
  const args = ["--color", "always", "-e", "create", directory.path];
  await using command = new LocalCommand(args);
  await command.stderr.line();
  Deno.mkdirSync(directory.at("a\x1b[2Jb"));
  assertEquals(
    (await command.stdout.line()).replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME"),
    `\x1b[2mTIME\x1b[22m \x1b[32mcreate       \x1b[39m ` +
      directory.at("a\\u001b[2Jb/"),
  );
});

Deno.test("`cli.ts` writes the events of one read in one write", async () => {
  using directory = new TestDirectory();
  const args = ["-q", "--json", "-e", "create", directory.path];
  await using command = new LocalCommand(args);
  await command.stdout.line();
  const names = Array.from({ length: 25 }, (_, i) => `${i}`);
  for (const name of names) directory.directory(name);
  const chunk = await command.stdout.chunk();
  // A write up to this length is atomic: pipe(7), PIPE_BUF.
  assertLessOrEqual(chunk.length, 4096);
  const lines = chunk.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    lines.map(({ path }) => path),
    names.map((name) => directory.at(name)),
  );
});

Deno.test("`cli.ts` reports an overflow after all earlier events", async () => {
  using directory = new LargeDirectory();
  // Other changes in /dev/shm also fill the queue.
  const path = directory.directory("watched");
  const [a, b] = [directory.file("watched/a"), directory.file("watched/b")];
  await using command = await LocalCommand.ready([
    "-e",
    "attrib",
    path,
  ]);
  // After its first event, the queue is empty.
  Deno.chmodSync(a, 0o600);
  await command.stdout.line();
  const count = overflowQueue([a, b]);
  const lines = await command.stdout.linesUntil("overflow");
  assertEquals(lines.length, count + 1);
  Deno.chmodSync(a, 0o644);
  assertEquals(
    summary(await command.stdout.line(), directory),
    "attrib DIR/watched/a",
  );
});
