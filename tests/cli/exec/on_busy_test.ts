/** `--on-busy`: events while the command of `--exec` runs. */

import { assertEquals, assertLess } from "@std/assert";
import { TestDirectory } from "../../support/directory.ts";
import { ended, Gate, names, nextNote, start } from "../../support/exec.ts";
import { turn } from "../../support/until.ts";

Deno.test("`cli.ts --on-busy queue` runs once for all events during a run", async () => {
  using directory = new TestDirectory();
  using gate = new Gate();
  const script = `cat; echo begin; ${gate.script}`;
  const args = ["--quiet-for", "1"];
  await using command = await start(directory, script, args);
  directory.file("a");
  assertEquals(await names(command, "begin"), ["a"]);
  let runs = 1;
  for (let tries = 0;; tries++) {
    assertLess(tries, 100, "each time, a run ended before all was read");
    const created = ["b", "c", "d", "e"].map((name) => `${name}${tries}`);
    for (const name of created) {
      directory.file(name);
      // Most often, the watcher reads this event before the next file is created.
      await turn();
    }
    await gate.open();
    const ran = [await names(command, "begin")];
    // On a busy machine, some events may be read too late for that run.
    while (ran.at(-1)!.at(-1) !== created.at(-1)) {
      await gate.open();
      ran.push(await names(command, "begin"));
    }
    assertEquals(ran.flat(), created);
    runs += ran.length;
    if (ran.length === 1) break;
  }
  await gate.open();
  while (runs-- > 0) await command.stderr.linesUntil("exit status 0");
  command.kill("SIGTERM");
  const stderr = "inotify: Interrupted, exiting\n";
  assertEquals(await ended(command), { code: 143, stdout: "", stderr });
});

Deno.test("`cli.ts --on-busy restart` ends a run for new events", async () => {
  using directory = new TestDirectory();
  const script = "cat; echo begin; exec sleep 1000";
  const args = ["--on-busy", "restart"];
  await using command = await start(directory, script, args);
  // A command has to run before it can be restarted.
  assertEquals(await names(command, "begin"), []);
  for (const name of ["a", "b"]) {
    directory.file(name);
    assertEquals(await names(command, "begin"), [name]);
  }
  command.kill("SIGINT");
  const { code, stderr } = await ended(command);
  assertEquals(code, 130);
  const killed = "inotify: sh: killed by SIGTERM\n";
  assertEquals(stderr, `${killed.repeat(3)}inotify: Interrupted, exiting\n`);
});

Deno.test("`cli.ts --on-busy restart --timeout` also ends a server", async () => {
  using directory = new TestDirectory();
  const args = ["--on-busy", "restart", "-t", "0.01"];
  await using command = await start(directory, "exec sleep 1000", args);
  const { code, stderr } = await ended(command);
  assertEquals([code, stderr], [2, "inotify: sh: killed by SIGTERM\n"]);
});

Deno.test("`cli.ts --on-busy ignore` drops events during a run", async () => {
  using directory = new TestDirectory();
  using gate = new Gate();
  const script = `cat; echo begin; ${gate.script}`;
  const args = ["--on-busy", "ignore"];
  await using command = await start(directory, script, args);
  directory.file("a");
  assertEquals(await names(command, "begin"), ["a"]);
  directory.file("b");
  directory.file("c");
  await gate.open();
  assertEquals(await nextNote(command), "inotify: sh: exit status 0");
  assertEquals(
    await nextNote(command),
    "inotify: Ignored 2 events meanwhile",
  );
  directory.file("d");
  assertEquals(await names(command, "begin"), ["d"]);
  await gate.open();
});

Deno.test("`cli.ts --on-busy ignore` ends a run while events never stop", async () => {
  using directory = new TestDirectory();
  const busy = `cd ${directory.path}; while :; do : > a; : > b; done`;
  const script = `setsid sh -c '${busy}' >&- 2>&- & echo $!; sleep .2`;
  const args = ["-e", "modify", "--on-busy", "ignore"];
  await using command = await start(directory, script, args);
  directory.file("c");
  const pid = Number(await command.stdout.line());
  try {
    await command.stderr.linesUntil("Ignored");
  } finally {
    Deno.kill(pid, "SIGKILL");
  }
});

Deno.test("`cli.ts --on-busy ignore` is not triggered by its own command", async () => {
  using directory = new TestDirectory();
  const script = `cat; echo begin; mktemp ${directory.path}/XXXXXX > /dev/null`;
  const args = ["--on-busy", "ignore", "--quiet-for", "1"];
  await using command = await start(directory, script, args);
  for (const name of ["a", "b", "c"]) {
    directory.file(name);
    assertEquals(await names(command, "begin"), [name]);
    assertEquals(await nextNote(command), "inotify: sh: exit status 0");
    assertEquals(
      await nextNote(command),
      "inotify: Ignored 1 event meanwhile",
    );
  }
});
