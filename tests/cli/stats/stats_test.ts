/** `--stats`, compared with inotifywatch(1) where both have to be equal. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Command, runCommand } from "../../support/command.ts";
import { LargeDirectory, TestDirectory } from "../../support/directory.ts";
import { overflowQueue } from "../../support/flood.ts";
import { ABOVE, hasNamespaces, limited } from "../../support/namespaces.ts";
import { countWatches, statFields } from "../../support/process.ts";
import { hasScript, onTerminal } from "../../support/pseudo_terminal.ts";
import { slowWalk } from "../../support/slow_walk.ts";
import { hasTool } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

const hasPeer = hasTool("inotifywatch", "a test of --stats");

/** Starts the command with `--stats`; resolves when it watches. */
async function started(
  args: readonly string[],
  options?: ConstructorParameters<typeof Command>[1],
): Promise<Command> {
  const command = new Command(["--stats", ...args], options);
  assertMatch(await command.stderr.line(), /^inotify: Watching /);
  return command;
}

/** Modifies a file once: writing a new text may modify it twice. */
function append(path: string): void {
  Deno.writeTextFileSync(path, "text", { append: true });
}

Deno.test({
  name: "`cli.ts --stats` prints for files what inotifywatch prints",
  ignore: !hasPeer,
  async fn() {
    using directory = new TestDirectory();
    const [a, b, c] = ["a", "b", "c"].map((name) => directory.file(name)) as [
      string,
      string,
      string,
    ];
    const peer = new Deno.Command("inotifywatch", {
      args: [a, b, c],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const errors = peer.stderr.pipeThrough(new TextDecoderStream()).getReader();
    for (let said = ""; !said.includes("now collecting");) {
      const { value, done } = await errors.read();
      assert(!done, said);
      said += value;
    }
    await using command = await started([a, b, c, "-n", "16"]);
    Deno.chmodSync(a, 0o600);
    for (const path of [b, c]) {
      append(path);
      Deno.readTextFileSync(path);
    }
    Deno.openSync(c, { append: true }).close();
    Deno.utimeSync(c, 0, 0);
    const ours = await command.end();
    // All queued events are read.
    await until(() => statFields(peer.pid)[0] === "S");
    peer.kill("SIGINT");
    const [theirs] = await Promise.all([
      new Response(peer.stdout).text(),
      errors.cancel(),
      peer.status,
    ]);
    assertMatch(theirs, /^total +access +modify +attrib .*filename\n/);
    assertEquals(ours.stdout, theirs);
  },
});

Deno.test("`cli.ts --stats -r` counts by path, and a move for both of its paths", async () => {
  using directory = new TestDirectory();
  directory.directory("a");
  const args = ["-r", "-e", "create,move,delete", "-n", "5", directory.path];
  await using command = await started(args);
  directory.file("a/x");
  Deno.renameSync(directory.at("a/x"), directory.at("y"));
  Deno.renameSync(directory.at("y"), directory.at("z"));
  directory.directory("b");
  Deno.removeSync(directory.at("b"));
  const { code, stdout, stderr } = await command.end();
  assertEquals(stdout.replaceAll(directory.path, "DIR").split("\n"), [
    "total  moved_from  moved_to  create  delete  filename",
    "2      1           0         1       0       DIR/a/x",
    "2      0           0         1       1       DIR/b",
    "2      1           1         0       0       DIR/y",
    "1      0           1         0       0       DIR/z",
    "",
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("`cli.ts --stats --sort -modify` prints the least modified first", async () => {
  using directory = new TestDirectory();
  for (const name of ["a", "b"]) directory.file(name);
  const args = ["--sort", "-modify", "-e", "modify,close_write", "-n", "5"];
  await using command = await started([...args, directory.path]);
  append(directory.at("b"));
  // Another change in between, because the kernel merges equal events.
  append(directory.at("a"));
  Deno.openSync(directory.at("b"), { append: true }).close();
  const { stdout } = await command.end();
  assertEquals(stdout.replaceAll(directory.path, "DIR").split("\n"), [
    "total  modify  close_write  filename",
    "2      1       1            DIR/a",
    "3      1       2            DIR/b",
    "",
  ]);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`\`cli.ts --stats\` prints the table after ${signal}`, async () => {
    using directory = new TestDirectory();
    const args = ["-e", "create,delete", directory.path];
    await using command = await started(args);
    const path = directory.file("a");
    await tableWith(path, command);
    command.kill(signal);
    const ended = await command.end();
    const table = `total  create  filename\n1      1       ${path}\n`;
    assert(ended.stdout.endsWith(table), ended.stdout);
    // Deno may add that it debugs: the last SIGUSR1 may come after the end.
    assertStringIncludes(ended.stderr, "inotify: Interrupted, exiting\n");
    assertEquals(ended.code, code);
  });
}

Deno.test("`cli.ts --stats` prints the table on SIGUSR1 and continues", async () => {
  using directory = new TestDirectory();
  const args = ["-e", "create,delete", directory.path];
  await using command = await started(args);
  for (const name of ["a", "b"]) {
    const path = directory.file(name);
    assertEquals(await tableWith(path, command), `1      1       ${path}`);
  }
});

/** Requests tables until a line of one contains `text`; returns the line. */
async function tableWith(text: string, command: Command): Promise<string> {
  const asking = setInterval(() => command.kill("SIGUSR1"), 20);
  const lines = await command.stdout.linesUntil(text);
  clearInterval(asking);
  return lines.at(-1)!;
}

Deno.test("`cli.ts --stats` is not killed by SIGUSR1 before it watches", async () => {
  using directory = new TestDirectory();
  const args = ["--stats", ...slowWalk(directory)];
  await using command = new Command(args);
  await until(() => countWatches(command.pid) > 0);
  command.kill("SIGUSR1");
  assertEquals(await command.stderr.line(), "inotify: No events to count");
  command.kill("SIGTERM");
  const { code, stdout } = await command.end();
  assertEquals({ code, stdout }, { code: 143, stdout: "" });
});

Deno.test("`cli.ts --stats` is not killed by SIGUSR1 while it ends", async () => {
  using directory = new TestDirectory();
  await using command = await started(["-n", "1", directory.path]);
  directory.file("a");
  // The count is reached, so this is the table at the end.
  assertMatch(await command.stdout.line(), /^total /);
  const asking = setInterval(() => command.kill("SIGUSR1"), 1);
  const { code } = await command.status;
  clearInterval(asking);
  assertEquals(code, 0);
});

Deno.test("`cli.ts --stats` writes a whole long table to a slow reader", async () => {
  using directory = new LargeDirectory();
  // More than fits into a pipe.
  const count = 2_000;
  const args = ["-e", "create", "-n", `${count}`, directory.path];
  // The process waits for its reader, and sleep(1) does not read.
  const within = ["sh", "-c", '"$@" | (sleep 1; cat)', "sh"];
  await using command = await started(args, { within });
  for (let i = 0; i < count; i++) directory.file(`${i}`.padStart(100, "0"));
  const { stdout } = await command.end();
  const lines = stdout.split("\n");
  assertEquals(lines.length, count + 2);
  assertEquals(
    lines.at(-2),
    `1      1       ${directory.at(`${count - 1}`.padStart(100, "0"))}`,
  );
});

Deno.test("`cli.ts --stats` ends quietly when its reader has gone", async () => {
  using directory = new TestDirectory();
  await using command = await started([directory.path]);
  const path = directory.file("a");
  await tableWith(path, command);
  await command.stdout.close();
  // There are no more changes and no signal.
  const { code } = await command.status;
  assertEquals(code, 0);
});

Deno.test("`cli.ts --stats -q` warns when the kernel dropped events", async () => {
  using directory = new LargeDirectory();
  const [a, b] = [directory.directory("a"), directory.directory("b")];
  const args = ["--stats", "-q", "-e", "attrib", directory.path];
  await using command = new Command(args);
  await command.watching();
  await command.pause();
  overflowQueue([a, b]);
  command.resume();
  assertEquals(
    await command.stderr.line(),
    "inotify: The counts are not exact: the kernel dropped events",
  );
});

Deno.test({
  name: "`cli.ts --stats -q` warns about directories that it cannot watch",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    const args = ["--stats", "-q", "-r", directory.path];
    const options = { within: limited("watches", 0, ABOVE) };
    await using command = new Command(args, options);
    await command.watching();
    directory.directory("a");
    assertStringIncludes(
      await command.stderr.line(),
      `inotify: The counts are not complete: Cannot watch '${
        directory.at("a")
      }'`,
    );
  },
});

Deno.test({
  name: "`cli.ts --stats` escapes names on a terminal",
  ignore: !hasScript,
  async fn() {
    using directory = new TestDirectory();
    const args = ["--stats", "-e", "create", "-n1", directory.path];
    await using command = new Command(args, { within: onTerminal });
    assertEquals(await command.stdout.line(), "inotify: Watching 1 path\r");
    directory.directory("a\x1b[2J\nb");
    const { stdout } = await command.end();
    assertStringIncludes(stdout, directory.at("a\\u001b[2J\\nb\r\n"));
  },
});

Deno.test("`cli.ts --stats` runs the example in inotifywatch(1)", async () => {
  using directory = new TestDirectory();
  directory.directory(".beagle");
  const file = directory.file(".beagle/index");
  // The shell expands the `~`, but Deno needs its own directory.
  const script = `
    home=$HOME HOME=$0
    set -- "$@" -v -e access -e modify -t 60 -r ~/.beagle
    HOME=$home exec "$@"
  `;
  const within = ["bash", "-c", script, directory.path];
  const options = { within };
  await using command = await started([], options);
  append(file);
  Deno.readTextFileSync(file);
  await tableWith(`2      1       1       ${file}`, command);
});

Deno.test("`cli.ts --stats -t` counts for the whole time, even without events", async () => {
  using directory = new TestDirectory();
  const args = ["--stats", "-t", "1", "-e", "create", directory.path];
  await using command = new Command(args);
  assertMatch(await command.stderr.line(), /^inotify: Watching /);
  directory.file("first");
  let count = 0;
  const writes = setInterval(() => directory.file(`${count++}`), 10);
  const { code, stdout, stderr } = await command.end();
  clearInterval(writes);
  assertMatch(stdout, /^total +create +filename\n(1 +1 +.*\n)+$/);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("`cli.ts --stats -t` ends with another status if there were no events", async () => {
  using directory = new TestDirectory();
  assertEquals(await runCommand(["--stats", "-t", "0.1", directory.path]), {
    code: 2,
    stdout: "",
    stderr: "inotify: Watching 1 path\ninotify: No events to count\n",
  });
});
