/** Behavior on which scripts for inotifywait(1) rely. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { encodePath } from "../../../lib/kernel/byte_path.ts";
import { Command, commandLine, runCommand } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { Listener } from "../../support/listener.ts";
import { makeDirectory } from "../../support/system.ts";
import { LocalCommand, runLocally } from "../../support/local_command.ts";

Deno.test("`cli.ts --format` ends each event according to the flags", async () => {
  const rows: [args: string[], text: string][] = [
    [["--format", "%f"], "a\n"],
    [["--format", "%f", "-0"], "a\0"],
    [["--format", "%f%0", "--no-newline"], "a\0"],
    [["--csv", "-0"], "x/,CREATE,a\0"],
  ];
  for (const [args, text] of rows) {
    using directory = new TestDirectory();
    directory.directory("x");
    const all = [...args, "--once", "-e", "create", "x"];
    await using command = new Listener(commandLine(all), directory.path);
    await command.until(() => command.stderr.includes("Watching"));
    directory.file("x/a");
    assertEquals(await command.end(), 0);
    assertEquals(command.stdout, text);
  }
});

Deno.test("`cli.ts --format` counts the halves of a move", async () => {
  using directory = new TestDirectory();
  const path = directory.file("a");
  const args = ["--format", "%e", "-n", "1", directory.path];
  await using command = new LocalCommand(args);
  await command.stderr.line();
  Deno.renameSync(path, directory.at("b"));
  const { code, stdout } = await command.end();
  assertEquals({ code, stdout }, { code: 0, stdout: "MOVED_FROM\n" });
});

Deno.test("`cli.ts --csv` reports on standard error events that have no line", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  await using command = new LocalCommand(["--csv", "-e", "delete_self", path]);
  await command.stderr.line();
  Deno.removeSync(path);
  assertEquals(await command.end(), {
    code: 0,
    stdout: `${path}/,DELETE_SELF,\n`,
    stderr: "inotify: Nothing is left to watch\n",
  });
});

Deno.test("`cli.ts --timeout` ends as inotifywait does", async () => {
  using directory = new TestDirectory();
  const args = ["--csv", "-q", "-t", "0.1", directory.path];
  const outcome = await runLocally(args);
  assertEquals(outcome, { code: 2, stdout: "", stderr: "" });
});

Deno.test("`cli.ts --fromfile -` reads paths from standard input", async () => {
  using directory = new TestDirectory();
  const path = directory.at("caf\udce9");
  makeDirectory(path);
  makeDirectory(`${path}/skip`);
  await using command = new Command(["--fromfile", "-", "-r", "--csv"]);
  const list = encodePath(`\n@${path}/skip/\n${path}\n`);
  await command.stdin.write(list.subarray(0, -1));
  await command.stdin.close();
  assertEquals(await command.stderr.line(), "inotify: Watching 1 directory");
  makeDirectory(`${path}/skip/unseen`);
  makeDirectory(`${path}/b`);
  assertEquals(await command.stdout.line(), `${path}/,"CREATE,ISDIR",b`);
});

Deno.test("`cli.ts --fromfile` names the missing permission", async () => {
  using directory = new TestDirectory();
  const list = directory.file("list");
  const outcome = await runCommand(["--fromfile", list]);
  const message = `inotify: Requires read access to '${list}', ` +
    `run it as: deno run --allow-ffi --allow-read=${list} `;
  assertEquals([outcome.code, outcome.stdout], [1, ""]);
  assertStringIncludes(outcome.stderr, message);
});

Deno.test("`cli.ts --fromfile` rejects a list without a path", async () => {
  await using command = new Command(["--fromfile", "-"]);
  await command.stdin.write(encodePath("\n@skip\n").subarray(0, -1));
  await command.stdin.close();
  const stderr =
    'inotify: Cannot watch what --fromfile lists: there is no path in "-"\n';
  assertEquals(await command.end(), { code: 64, stdout: "", stderr });
});

Deno.test("`cli.ts --fromfile` names the file that it cannot read", async () => {
  using directory = new TestDirectory();
  const rows: [path: string, reason: string][] = [
    [directory.at("none"), "No such file or directory (os error 2)"],
    [`${directory.file("file")}/below`, "Not a directory (os error 20)"],
  ];
  for (const [path, reason] of rows) {
    const outcome = await runCommand(["--fromfile", path], {
      permissions: ["--allow-ffi", "--allow-read"],
    });
    const stderr = `inotify: ${reason}: readfile '${path}'\n`;
    assertEquals(outcome, { code: 1, stdout: "", stderr });
  }
});

Deno.test("`cli.ts -P` watches a link itself, not its target", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(directory.at("target"));
  const link = directory.at("link");
  Deno.symlinkSync("target", link);
  const args = ["-P", "--format", "%w %e %f", link];
  await using command = new Command(args);
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  directory.file("target/unseen");
  Deno.renameSync(link, directory.at("moved"));
  assertEquals(await command.stdout.line(), `${link} MOVE_SELF `);
});

/**
 * The scripts in the section EXAMPLES of inotifywait(1), with the name `inotify`. The
 * second one relies on the end after the first event: `--once`.
 */
interface Example {
  does: string;
  /** The script, which watches `test`. */
  script: string;
  /** The changes while the script runs. */
  meanwhile: string;
  /** The output of the script until then. */
  prints: RegExp;
}

const EXAMPLES: Example[] = [
  {
    does: "waits for a file to be read",
    script: "inotify -e access test",
    meanwhile: "cat test/foo",
    prints: /^\S+ access +test\/foo\n/,
  },
  {
    does: "waits for a message in a log",
    script: `while ! inotify --once -e modify test/foo; do
      echo failed
    done
    if tail -n1 test/foo | grep httpd; then
      echo "Apache needs love!"
    fi`,
    meanwhile: "echo httpd >> test/foo",
    prints: / modify +test\/foo\nhttpd\nApache needs love!\n$/,
  },
  {
    does: "prints in a custom format",
    script: "inotify -m -r --format '%:e %f' test",
    meanwhile: `touch test/badfile; touch test/goodfile; rm test/badfile`,
    prints: new RegExp(
      "^CREATE badfile\nOPEN badfile\nATTRIB badfile\n" +
        "CLOSE_WRITE:CLOSE badfile\nCREATE goodfile\nOPEN goodfile\n" +
        "ATTRIB goodfile\nCLOSE_WRITE:CLOSE goodfile\nDELETE badfile\n$",
    ),
  },
  {
    does: "sets the permissions of new files",
    script: `inotify -mr -e 'moved_to,create' --format '%w%f%0' \\
      --no-newline test |
      while IFS= read -r -d '' file; do
        chmod -v a+rX "$file"
      done`,
    meanwhile: "umask 077; touch 'test/a b'; mv test/foo 'test/c\nd'",
    prints: /^mode of 'test\/a b' changed .*\nmode of .*test\/c.*d.* .*\n$/,
  },
];

for (const { does, script, meanwhile, prints } of EXAMPLES) {
  Deno.test(`\`cli.ts\` in a script ${does}`, async () => {
    using directory = new TestDirectory();
    directory.directory("test");
    Deno.writeTextFileSync(directory.at("test/foo"), "old\n");
    const [deno, ...rest] = commandLine([]);
    await using shell = new Listener([
      "bash",
      "-c",
      `inotify() { "$deno" "\${rest[@]}" "$@"; }; deno=$0; rest=("$@"); ${script}`,
      deno,
      ...rest,
    ], directory.path);
    await shell.until(() => shell.stderr.includes("Watching"));
    const { success } = await new Deno.Command("bash", {
      args: ["-c", meanwhile],
      cwd: directory.path,
      stdout: "null",
    }).output();
    assert(success);
    await shell.until(() => prints.test(shell.stdout));
    assertMatch(shell.stdout, prints);
  });
}
