/** `--outfile`. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Command, runCommand } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { linesWith } from "../support/until.ts";

function permissions(path: string): string[] {
  return ["--allow-ffi", `--allow-write=${path}`];
}

Deno.test("`cli.ts --outfile` appends to a file, by a relative path", async () => {
  using directory = new TestDirectory();
  using watched = new TestDirectory();
  const log = directory.at("log");
  Deno.writeTextFileSync(log, "before\n");
  await using command = new Command(
    ["-q", "--outfile", "log", "-e", "create", watched.path],
    { permissions: permissions("log"), within: ["env", "-C", directory.path] },
  );
  await command.watching();
  watched.directory("a\x1b");
  const lines = await linesWith("/a\x1b", log);
  assertEquals(lines.length, 2);
  assertEquals(lines[0], "before");
  command.kill("SIGINT");
  assertEquals(await command.end(), { code: 130, stdout: "", stderr: "" });
});

Deno.test("`cli.ts --outfile` creates a file that every user may read", async () => {
  using directory = new TestDirectory();
  const log = directory.at("log");
  await using command = new Command(
    ["-qq", "-o", log, directory.directory("a")],
    {
      permissions: permissions(log),
      within: ["sh", "-c", 'umask 0 && exec "$@"', "-"],
    },
  );
  await command.watching();
  directory.directory("a/b");
  Deno.removeSync(directory.at("a"), { recursive: true });
  assertEquals(await command.end(), { code: 0, stdout: "", stderr: "" });
  assertEquals(Deno.readTextFileSync(log), "");
  assertEquals(Deno.statSync(log).mode! & 0o777, 0o644);
});

for (const format of ["--json", "--raw"]) {
  Deno.test(`\`cli.ts --outfile ${format}\` does not report its own writing`, async () => {
    using directory = new TestDirectory();
    const log = directory.file("log");
    await using command = new Command(
      ["-q", format, "-o", log, "-e", "modify", directory.path],
      { permissions: permissions(log) },
    );
    await command.watching();
    // The command writes about one file before the next one changes.
    async function ownLines(path: string, others: string[]): Promise<string[]> {
      for (const name of others) {
        Deno.writeTextFileSync(directory.file(name), "text");
        await linesWith(name, path);
      }
      const end = `${path.slice(path.lastIndexOf("/") + 1)}"`;
      return Deno.readTextFileSync(path).split("\n")
        .filter((line) => /modify/i.test(line) && line.includes(end));
    }
    assertEquals(await ownLines(log, ["1.txt", "2.txt", "3.txt"]), []);
    const renamed = directory.at("renamed");
    Deno.renameSync(log, renamed);
    assertEquals(await ownLines(renamed, ["4.txt", "5.txt", "6.txt"]), []);
  });
}

Deno.test("`cli.ts --outfile` and `> FILE` print the date", async () => {
  using directory = new TestDirectory();
  const watched = directory.directory("a");
  const log = directory.at("log");
  const date = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} create /;
  const toFile = ["sh", "-c", `exec "$@" > ${log}`, "sh"];
  for (const [args, within] of [[["-o", log], []], [[], toFile]] as const) {
    await using command = new Command([...args, "-1", watched], {
      permissions: permissions(log),
      within,
    });
    assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
    Deno.mkdirSync(`${watched}/b`);
    await command.end();
    assertMatch(Deno.readTextFileSync(log), date);
    Deno.removeSync(`${watched}/b`);
    Deno.removeSync(log);
  }
});

Deno.test({
  name: "`cli.ts --outfile` keeps whole lines when the disk is full",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    using watched = new TestDirectory();
    const size = 16384;
    const log = directory.at("log");
    const script = `mount -t tmpfs -o size=${size} none ${directory.path}
      "$@"; code=$?; cat ${log}; exit $code`;
    await using command = new Command(
      ["-o", log, "-e", "create", watched.path],
      {
        permissions: permissions(log),
        within: ["unshare", "-Urm", "sh", "-c", script, "sh"],
      },
    );
    assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
    for (let i = 0; i < size / 50; i++) watched.directory(`${i}`);
    const { code, stdout, stderr } = await command.end();
    assertEquals(
      stderr,
      `inotify: Cannot write to '${log}': No space left on device (os error 28)\n`,
    );
    assertEquals(code, 1);
    const lines = stdout.split("\n");
    assertEquals(lines.pop(), "");
    assertEquals(
      lines.map((line) => line.slice(38)),
      lines.map((_, i) => watched.at(`${i}/`)),
    );
    const [line] = lines;
    assert(size - stdout.length <= line!.length + 4, `${stdout.length}`);
  },
});

Deno.test("`cli.ts --outfile` names the file that it cannot open", async () => {
  using directory = new TestDirectory();
  const rows: [path: string, reason: string][] = [
    [directory.at("none/log"), "No such file or directory (os error 2)"],
    [`${directory.file("file")}/log`, "Not a directory (os error 20)"],
  ];
  for (const [path, reason] of rows) {
    const outcome = await runCommand(["-o", path, "/"], {
      permissions: ["--allow-ffi", "--allow-write"],
    });
    const stderr = `inotify: ${reason}: open '${path}'\n`;
    assertEquals(outcome, { code: 1, stdout: "", stderr });
  }
});

Deno.test("`cli.ts --outfile` names the missing permission", async () => {
  const outcome = await runCommand(["-o", "log", "/"]);
  const message = "inotify: Requires write access to 'log', run it as: " +
    "deno run --allow-ffi --allow-write=log ";
  assertEquals([outcome.code, outcome.stdout], [1, ""]);
  assertStringIncludes(outcome.stderr, message);
});

Deno.test("`cli.ts --outfile` hides no other file behind a link to its own", async () => {
  using directory = new TestDirectory();
  using outside = new TestDirectory();
  const log = outside.at("log");
  await using command = new Command(
    ["-q", "-o", log, "-e", "create", "--count", "1", directory.path],
    { permissions: permissions(log) },
  );
  await command.watching();
  Deno.symlinkSync(log, directory.at("link"));
  assertEquals((await command.end()).code, 0);
  assertStringIncludes(Deno.readTextFileSync(log), "/link");
});

Deno.test("`cli.ts --outfile` waits for the reader of a FIFO, but not for longer than --timeout", async () => {
  using directory = new TestDirectory();
  const fifo = directory.at("fifo");
  assert((await new Deno.Command("mkfifo", { args: [fifo] }).output()).success);
  const { code, stdout, stderr } = await runCommand(
    ["-q", "-o", fifo, "--timeout", "1", directory.path],
    { permissions: permissions(fifo) },
  );
  assertEquals({ code, stdout, stderr }, { code: 2, stdout: "", stderr: "" });
});
