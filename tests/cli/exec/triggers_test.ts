/** The events for which `--exec` runs, and the data that its command gets. */

import { assertEquals, assertMatch } from "@std/assert";
import { isScratch } from "../../../lib/cli/exec/scratch.ts";
import { describeTrigger } from "../../../lib/cli/exec/run_notes.ts";
import { Command } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { ended, names, start } from "../../support/exec.ts";
import { runScript } from "../../support/script.ts";

const permissions = ["--allow-ffi", "--allow-run"];

Deno.test("`cli.ts --exec --now` also runs at the start", async () => {
  using directory = new TestDirectory();
  const args = ["--now", "-n2"];
  await using command = await start(directory, "cat; echo end", args);
  assertEquals(await names(command, "end"), []);
  directory.file("a");
  assertEquals(await names(command, "end"), ["a"]);
  assertEquals((await command.end()).code, 0);
});

Deno.test("`cli.ts --exec` does not run for the scratch files of tools", async () => {
  using directory = new TestDirectory();
  const git = directory.directory(".git");
  directory.directory("sub");
  const script = `: > .git/index; mkdir -p sub/.git; : > sub/.git/HEAD
    : > a~; : > .a.swp; : > 4913; rm 4913; : > .#a; : > '#a#'; mv .a.swp .b.swo
    : > sub/.hg`;
  await using command = new Command(
    ["-r", directory.path, "-x", "--", "sh", "-c", "cat; echo end"],
    { permissions },
  );
  assertEquals(
    await command.stderr.line(),
    "inotify: Watching 2 directories",
  );
  runScript(script, directory.path);
  // Longer than `--quiet-for`.
  await new Promise((resolve) => setTimeout(resolve, 300));
  directory.file("a");
  const paths = await names(command, "end");
  assertEquals([...new Set(paths)], ["a"]);
  Deno.renameSync(`${git}/index`, directory.at("b"));
  Deno.renameSync(directory.at("a~"), directory.at("c"));
  assertEquals(await names(command, "end"), ["b", "c"]);
});

Deno.test("`cli.ts --exec --scratch` runs for scratch files as well", async () => {
  using directory = new TestDirectory();
  const args = ["--scratch"];
  await using command = await start(directory, "cat; echo end", args);
  directory.file("a~");
  assertEquals(await names(command, "end"), ["a~"]);
});

Deno.test("`isScratch()` recognizes the files of editors", () => {
  const names =
    "a~ .a.swp .a.swx .a.b.swo .swap.swpx 4913 .#a #a# .~lock.a.odt# " +
    ".a.kate-swp .goutputstream-A1B2C3 a.ts___jb_tmp___ sedAbC123";
  for (const name of names.split(" ")) {
    assertEquals(isScratch(`d/${name}`), true);
  }
  const others = "a a.swp.ts ~a a.swf 49130 #a .a sed sedative.txt .swp.d/a";
  for (const name of others.split(" ")) {
    assertEquals(isScratch(name), false, name);
  }
});

Deno.test("`cli.ts --exec` passes the changed paths as {} and in INOTIFY_PATHS", async () => {
  using directory = new TestDirectory();
  const hostile = [
    "$(reboot)",
    "new\nline",
    "-rf",
    "a b",
    "*",
    "'\"",
    "\x1b[2J",
    "日本",
  ];
  const script = 'printf "%s\\n" "$@" "--" "$INOTIFY_PATHS"; cat > /dev/null';
  await using command = new Command(
    ["-1", "-e", "create", directory.path, "-x", "--"].concat(
      ["sh", "-c", script, "sh", "before", "{}", "{}x"],
    ),
    { permissions },
  );
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  await command.pause();
  const paths = hostile.map((name) => directory.file(name));
  runScript("touch $(printf 'b\\377')", directory.path);
  command.resume();
  const { code, stdout, stderr } = await command.end();
  assertEquals(code, 0);
  assertEquals(
    stdout,
    ["before", ...paths, "{}x", "--", ...paths, ""].join("\n"),
  );
  assertMatch(stderr, /^inotify: 9 changed: /);
  assertMatch(stderr, /Cannot pass '.*\/b\\udcff' as an argument: it is not/);
});

Deno.test("`cli.ts --exec` runs for more paths than fit into a variable", async () => {
  using top = new TestDirectory();
  // Their paths are long, so that one read returns all events.
  const parent = top.at(Array(12).fill("a".repeat(250)).join("/"));
  Deno.mkdirSync(parent, { recursive: true });
  using directory = new TestDirectory(parent);
  const script = 'wc -l; echo "<$INOTIFY_PATHS>"';
  await using command = await start(directory, script, ["--once"]);
  await command.pause();
  runScript("for i in $(seq 60); do : > $i; done", directory.path);
  command.resume();
  const { code, stdout } = await ended(command);
  assertEquals([code, stdout.trim()], [0, "60\n<>"]);
});

Deno.test("`cli.ts --exec --exts --filter` runs only for these paths", async () => {
  using directory = new TestDirectory();
  for (const path of ["src", "docs"]) directory.directory(path);
  await using command = new Command(
    ["-r", directory.path, "--exts", "ts,.js", "--filter", "/src/"].concat(
      ["-x", "--", "sh", "-c", "cat; echo end"],
    ),
    { permissions },
  );
  await command.stderr.line();
  const script = `: > src/a.css; : > docs/a.ts; : > ts
    : > src/b.js; : > src/c.ts`;
  runScript(script, directory.path);
  assertEquals([...new Set(await names(command, "end"))], ["b.js", "c.ts"]);
});

Deno.test("`cli.ts --exec --signal` sets the signal that ends a run", async () => {
  using directory = new TestDirectory();
  const script = "trap 'echo INT; exit' INT; echo begin; " +
    "while :; do sleep 1; done";
  const args = ["--signal", "int", "--grace", "60", "--on-busy", "restart"];
  await using command = await start(directory, script, args);
  assertEquals(await command.stdout.line(), "begin");
  directory.file("a");
  assertEquals(await command.stdout.line(), "INT");
  assertEquals(await command.stdout.line(), "begin");
  command.kill("SIGTERM");
  assertEquals(await command.stdout.line(), "INT");
  const { signal } = await command.status;
  assertEquals(signal, "SIGTERM");
});

Deno.test("`cli.ts --exec --grace` sets how long a run has to end", async () => {
  using directory = new TestDirectory();
  const script = "trap '' TERM; echo begin; while :; do sleep 1; done";
  const args = ["--grace", "0.1", "--on-busy", "restart"];
  await using command = await start(directory, script, args);
  assertEquals(await command.stdout.line(), "begin");
  command.kill("SIGTERM");
  await command.stderr.linesUntil("killed by SIGKILL");
  const { signal } = await command.status;
  assertEquals(signal, "SIGTERM");
});

Deno.test("`cli.ts --exec --on-busy signal` sends a signal to the running command", async () => {
  using directory = new TestDirectory();
  const script = "trap 'echo HUP' HUP; echo begin; " +
    "while :; do sleep 0.1; done";
  const args = ["--on-busy", "signal", "--now"];
  await using command = await start(directory, script, args);
  assertEquals(await command.stdout.line(), "begin");
  for (const name of ["a", "b"]) {
    directory.file(name);
    assertEquals(await command.stdout.line(), "HUP");
  }
  command.kill("SIGTERM");
  const { signal } = await command.status;
  assertEquals([signal, await command.stdout.rest()], ["SIGTERM", ""]);
});

Deno.test("`describeTrigger()` names as many paths as fit into a line", () => {
  const trigger = (...paths: string[]) =>
    describeTrigger(
      paths.map((path) => ({ type: "create", path, isDirectory: false })),
    );
  assertEquals(trigger("a"), "1 changed: a");
  assertEquals(trigger("a", "b", "a"), "2 changed: a, b");
  const [long, longer] = ["a".repeat(40), "b".repeat(40)];
  assertEquals(trigger(long, longer), `2 changed: ${long}, …`);
  assertEquals(
    describeTrigger([{ type: "overflow" }]),
    "The kernel dropped events",
  );
});

Deno.test("`cli.ts --exec` notes what triggered a run and how long it took", async () => {
  using directory = new TestDirectory();
  await using command = await start(directory, "sleep 0.05; exit 3", ["-1"]);
  const path = directory.file("a");
  const { code, stderr } = await command.end();
  assertEquals(code, 3);
  const [trigger, end] = stderr.split("\n");
  assertEquals(trigger, `inotify: 1 changed: ${path}`);
  assertMatch(end!, /^inotify: sh: exit status 3 after (\d+s )?\d+ms$/);
});
