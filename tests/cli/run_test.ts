import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../lib/cli/run.ts";
import type { Source } from "../../lib/cli/source.ts";
import { TestDirectory } from "../support/directory.ts";
import { Command } from "../support/command.ts";
import { runScript } from "../support/script.ts";
import { LocalCommand } from "../support/local_command.ts";

/** Yields numbers and then waits for the signal. */
function countTo(last: number, signal: AbortSignal): Source<number> {
  return {
    subject: "numbers",
    watches: 0,
    async *batches() {
      for (let i = 1; i <= last && !signal.aborted; i++) yield [i];
      if (signal.aborted) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    async [Symbol.asyncDispose]() {},
  };
}

Deno.test("`run()` does not count the time that the sink takes", async () => {
  const taken: number[] = [];
  const timeout = 20;
  const status = await run((signal) => Promise.resolve(countTo(3, signal)), {
    async take(numbers: readonly number[]) {
      taken.push(...numbers);
      await new Promise((resolve) => setTimeout(resolve, 2 * timeout));
    },
  }, { count: Infinity, timeout, notes() {}, writesStdout: false });
  assertEquals(taken, [1, 2, 3]);
  assertEquals(status, 2);
});

Deno.test("`cli.ts --wait` notes which path it waits for", async () => {
  using directory = new TestDirectory();
  const path = directory.at("later");
  {
    await using command = new LocalCommand(["--wait", path]);
    const note = `inotify: Waiting for '${path}'`;
    assertEquals(await command.stderr.line(), note);
    directory.file("later");
    assertMatch(await command.stdout.line(), /create .*\/later$/);
  }
  await using command = new LocalCommand(["--wait", path, `${path}.2`]);
  const notes = [await command.stderr.line(), await command.stderr.line()];
  assertEquals(notes, [
    `inotify: Waiting for '${path}.2'`,
    "inotify: Watching 2 paths",
  ]);
});

Deno.test("`cli.ts --once --wait` notes that a path is there already", async () => {
  using directory = new TestDirectory();
  const path = directory.file("a.iso");
  const args = ["-1", "-e", "close_write", "--wait", path];
  await using command = new LocalCommand(args);
  const notes = [await command.stderr.line(), await command.stderr.line()];
  assertEquals(notes, [
    "inotify: Watching 1 path",
    `inotify: '${path}' is there already, which --initial reports`,
  ]);
});

const ARRIVALS: [how: string, script: string][] = [
  ["is written", "echo x > a.iso"],
  ["is renamed by a browser", "echo x > a.iso.part; mv a.iso.part a.iso"],
  ["is moved there by rsync", "echo x > .a.iso.Xy3; mv .a.iso.Xy3 a.iso"],
  ["comes with its directory", "mkdir b; echo x > b/a.iso; mv b c"],
  ["is there already", ""],
];

for (const [how, script] of ARRIVALS) {
  Deno.test(`\`cli.ts -1 -e content --initial --wait\` ends when a file ${how}`, async () => {
    using directory = new TestDirectory();
    const path = directory.at(how.includes("directory") ? "c/a.iso" : "a.iso");
    if (script === "") directory.file("a.iso");
    const args = ["-q1e", "content", "--initial", "--wait", path];
    await using command = await LocalCommand.ready(args);
    runScript(script, directory.path);
    const { code, stdout } = await command.end();
    assertEquals([code, JSON.parse(stdout).path], [0, path]);
  });
}

Deno.test("`cli.ts -e content` reports only complete files", async () => {
  using directory = new TestDirectory();
  const args = ["-q", "-e", "content,delete", directory.path];
  await using command = await LocalCommand.ready(args);
  runScript("ln -s x link; mkdir d; echo > a; rm a; mv d e", directory.path);
  const events = [];
  for (let i = 0; i < 3; i++) {
    const { type, path } = JSON.parse(await command.stdout.line());
    events.push([type, path.slice(directory.path.length)]);
  }
  assertEquals(events, [
    ["close_write", "/a"],
    ["delete", "/a"],
    ["move", "/e"],
  ]);
});

Deno.test("`cli.ts --initial` first reports existing entries", async () => {
  using directory = new TestDirectory();
  directory.directory("b");
  directory.file("b/c");
  const args = ["-qr", "--initial", "-e", "delete", directory.path];
  await using command = await LocalCommand.ready(args);
  const types = [];
  for (let i = 0; i < 2; i++) {
    const { type, synthetic } = JSON.parse(await command.stdout.line());
    types.push([type, synthetic]);
  }
  assertEquals(types, [["create", true], ["create", true]]);
  runScript("echo > b/d; rm b/c", directory.path);
  assertEquals(JSON.parse(await command.stdout.line()).type, "delete");
});

Deno.test("`cli.ts --until-eof` ends with its standard input", async () => {
  using directory = new TestDirectory();
  await using command = new Command(["--json", "--until-eof", directory.path]);
  await command.stdout.line();
  await command.stdin.write(new Uint8Array(100));
  directory.file("a");
  await command.stdout.line();
  await command.stdin.close();
  assertEquals((await command.end()).code, 0);
});

Deno.test("`cli.ts --include --exts --filter` apply to given files", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.file("a.ts"), directory.file("b.js")];
  const filters = [["--include", "a\\.ts$"], ["--exts", "ts"], [
    "--filter",
    "*.ts",
  ]];
  for (const filter of filters) {
    const args = [...filter, "-q1", "-e", "attrib", b, a];
    await using command = await LocalCommand.ready(args);
    Deno.chmodSync(b, 0o600);
    Deno.chmodSync(a, 0o600);
    const { stdout } = await command.end();
    assertEquals(JSON.parse(stdout).path, a);
    Deno.chmodSync(a, 0o644);
    Deno.chmodSync(b, 0o644);
  }
});
