/** `--exec` on a terminal: keys, Ctrl-Z, and `--stdin`. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../../support/directory.ts";
import { isRunning, statFields } from "../../support/process.ts";
import { hasTmux, Terminal } from "../../support/tmux.ts";
import { until } from "../../support/until.ts";
import { projectPath } from "../../support/project.ts";

const ignore = !hasTmux;

const CLI = projectPath("cli.ts");

/** Opens a terminal with a shell that runs `inotify` with `args`. */
function openExec(directory: TestDirectory, args: string): Terminal {
  directory.directory("in");
  const run = `${Deno.execPath()} run --no-prompt --allow-ffi --allow-run`;
  Deno.writeTextFileSync(
    directory.at("inotify"),
    `#!/bin/sh\nexec ${run} '${CLI}' "$@"\n`,
    { mode: 0o700 },
  );
  const terminal = new Terminal(
    `cd ${directory.path}; PS1='$ ' exec bash --norc --noprofile -i`,
  );
  terminal.press(`./inotify -e create in ${args}; echo status $?`);
  terminal.press("Enter");
  return terminal;
}

function count(lines: readonly string[], text: string): number {
  return lines.filter((line) => line === text).length;
}

const KEYS = "inotify: Keys: Enter runs sh, q quits, ? says this";

Deno.test({
  name: "`cli.ts --exec` runs its command on Enter, and ends on q",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    using terminal = openExec(directory, "-x -- sh -c 'echo r''un'");
    await terminal.until((lines) => lines.includes(KEYS));
    terminal.press("?");
    await terminal.until((lines) => count(lines, KEYS) === 2);
    terminal.press("Enter");
    await terminal.until((lines) => count(lines, "run") === 1);
    directory.file("in/a");
    await terminal.until((lines) => count(lines, "run") === 2);
    terminal.press("Enter");
    await terminal.until((lines) => count(lines, "run") === 3);
    terminal.press("q");
    await terminal.until((lines) => lines.includes("status 0"));
    terminal.press("echo as before");
    terminal.press("Enter");
    await terminal.until((lines) => lines.includes("as before"));
  },
});

Deno.test({
  name: "`cli.ts --exec` also ends a server on q",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "echo r''un; exec sleep 1000";
    const args = `--on-busy restart -x -- sh -c "${script}"`;
    using terminal = openExec(directory, args);
    await terminal.until((lines) => count(lines, "run") === 1);
    terminal.press("Enter");
    await terminal.until((lines) => count(lines, "run") === 2);
    terminal.press("q");
    await terminal.until((lines) => lines.includes("status 0"));
  },
});

Deno.test({
  name: "`cli.ts --exec` stops together with its command on Ctrl-Z",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "echo pid $$; while :; do sleep 0.1; done";
    using terminal = openExec(directory, `--now -x -- sh -c '${script}'`);
    const lines = await terminal.until((lines) =>
      lines.some((line) => /^pid \d+$/.test(line)) && lines.includes(KEYS)
    );
    const pid = Number(
      lines.find((line) => /^pid \d+$/.test(line))!.slice(4),
    );
    terminal.press("C-z");
    await terminal.until((lines) =>
      lines.some((line) => line.includes("Stopped"))
    );
    await until(() => statFields(pid)[0] === "T");
    terminal.press("fg");
    terminal.press("Enter");
    await until(() => isRunning(pid) && statFields(pid)[0] !== "T");
    terminal.press("C-c");
    await until(() => !isRunning(pid));
  },
});

Deno.test({
  name: "`cli.ts --exec --stdin` leaves the terminal to its command",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "read -r line < /dev/tty; read -r more; " +
      'echo "got $line, $more"';
    using terminal = openExec(directory, `--stdin -x -- sh -c '${script}'`);
    await terminal.until((lines) => lines.includes("inotify: Watching 1 path"));
    directory.file("in/a");
    await terminal.until((lines) =>
      lines.some((line) => line.startsWith("inotify: 1 changed"))
    );
    terminal.press("secret");
    terminal.press("Enter");
    terminal.press("more");
    terminal.press("Enter");
    await terminal.until((lines) => lines.includes("got secret, more"));
    terminal.press("C-c");
    await terminal.until((lines) => lines.includes("$"));
  },
});

Deno.test({
  name: "`cli.ts --exec --stdin` ends all processes that its command started",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "(sleep 1000 & echo pid $!; sleep 1000); true";
    using terminal = openExec(
      directory,
      `--stdin --on-busy restart -x -- sh -c '${script}'`,
    );
    const pidIn = (lines: string[], i: number) =>
      lines.filter((line) => /^pid \d+$/.test(line))[i]?.slice(4);
    const first = await terminal.until((lines) =>
      pidIn(lines, 0) !== undefined
    );
    directory.file("in/a");
    const both = await terminal.until((lines) => pidIn(lines, 1) !== undefined);
    const pids = [pidIn(first, 0), pidIn(both, 1)].map(Number);
    assertEquals(pids.map(isRunning), [false, true]);
    terminal.press("C-c");
    await until(() => !pids.some(isRunning));
    await terminal.until((lines) => lines.includes("$"));
  },
});

Deno.test({
  name: "`cli.ts --exec --stdin` ends what an interrupted command started",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "sleep 1000 & echo pid $!; kill -INT $$; sleep 1000";
    using terminal = openExec(directory, `--stdin -x -- sh -c '${script}'`);
    await terminal.until((lines) => lines.includes("inotify: Watching 1 path"));
    directory.file("in/a");
    const pidIn = (lines: string[]) =>
      lines.find((line) => /^pid \d+$/.test(line));
    const lines = await terminal.until((lines) => pidIn(lines) !== undefined);
    const pid = Number(pidIn(lines)!.slice(4));
    await until(() => !isRunning(pid));
    terminal.press("C-c");
    await terminal.until((lines) => lines.includes("$"));
  },
});
