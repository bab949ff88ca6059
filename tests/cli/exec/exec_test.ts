/** `--exec`. */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type Batch, Exec } from "../../../lib/cli/exec/exec.ts";
import { Command } from "../../support/command.ts";
import { LargeDirectory, TestDirectory } from "../../support/directory.ts";
import {
  ended,
  Gate,
  names,
  nextNote,
  start,
  withoutTime,
} from "../../support/exec.ts";
import { isRunning, readIfPresent } from "../../support/process.ts";
import { runScript } from "../../support/script.ts";
import { DEADLINE_MS, until, withDeadline } from "../../support/until.ts";

/** Returns whether the process runs whose ID a script has printed. */
function runs(pid: string): boolean {
  return isRunning(Number(pid));
}

Deno.test("`cli.ts --exec` passes the events of a burst to one run", async () => {
  using directory = new TestDirectory();
  const args = ["-e", "modify"];
  await using command = await start(directory, "cat; echo end", args);
  const hostile = "$(kill $$)\n\x1b[2J'\"";
  await command.pause();
  Deno.writeTextFileSync(directory.at(hostile), "1");
  directory.directory("b");
  Deno.writeTextFileSync(directory.at(hostile), "2");
  command.resume();
  const lines = await command.stdout.linesUntil("end");
  const path = directory.at(hostile);
  const events = lines.slice(0, -1).map((line) => JSON.parse(line));
  assertEquals(events.map(({ time: _, ...event }) => event), [
    { type: "create", path, isDirectory: false },
    { type: "create", path: directory.at("b"), isDirectory: true },
    { type: "modify", path, isDirectory: false },
  ]);
  for (const { time } of events) assert(Date.parse(time) <= Date.now());
  assertEquals(await nextNote(command), "inotify: sh: exit status 0");
});

Deno.test("`cli.ts --exec` runs `--max-wait` after a change, even if more follow", async () => {
  using directory = new TestDirectory();
  const log = directory.file("log");
  const args = ["--quiet-for", "30000", "--max-wait", "100", "-e", "modify"];
  await using command = await start(directory, "cat; echo end", args);
  const writing = setInterval(() => Deno.writeTextFileSync(log, "x"), 5);
  using _ = { [Symbol.dispose]: () => clearInterval(writing) };
  for (let run = 0; run < 2; run++) {
    const lines = await command.stdout.linesUntil("end");
    const events = lines.slice(0, -1).map((line) => JSON.parse(line));
    assertEquals(events.map(({ type, path }) => [type, path]), [
      ["modify", log],
    ]);
  }
});

Deno.test("`cli.ts --exec` ends all processes that its command started", async () => {
  using directory = new TestDirectory();
  const script = "sleep 1000 & echo $!; wait";
  const args = ["--on-busy", "restart"];
  await using command = await start(directory, script, args);
  directory.file("a");
  const first = await command.stdout.line();
  directory.file("b");
  const second = await command.stdout.line();
  assertEquals([runs(first), runs(second)], [false, true]);
  command.kill("SIGTERM");
  const { code } = await command.end();
  assertEquals([code, runs(second)], [143, false]);
});

Deno.test("`cli.ts --exec` notes which process it waits for after a signal", async () => {
  using directory = new TestDirectory();
  const script = "trap '' TERM; echo $$; while :; do sleep 1; done";
  await using command = await start(directory, script);
  directory.file("a");
  const pid = await command.stdout.line();
  command.kill("SIGINT");
  await command.stderr.linesUntil(
    `inotify: Waiting for sh (process ${pid}) to end, for 5 seconds; ` +
      "a second signal kills it",
  );
  command.kill("SIGINT");
  assertEquals((await command.status).signal, "SIGINT");
});

Deno.test("`cli.ts --exec` waits for its command when nothing is left to watch", async () => {
  using directory = new TestDirectory();
  using gate = new Gate();
  const script = `echo begin; ${gate.script}; echo end; exit 3`;
  await using command = await start(directory, script);
  directory.file("a");
  assertEquals(await command.stdout.line(), "begin");
  runScript('rm -r "$PWD"', directory.path);
  await gate.open();
  Deno.mkdirSync(directory.path);
  const { code, stdout, stderr } = await ended(command);
  assertEquals([code, stdout], [0, "end\n"]);
  assertEquals(
    stderr,
    "inotify: sh: exit status 3\ninotify: Nothing is left to watch\n",
  );
});

Deno.test("`cli.ts --exec` waits for a slow reader", async () => {
  using directory = new LargeDirectory();
  const script = "while read -r _; do n=$((n + 1)); done; echo $n";
  await using command = await start(directory, script, ["--once"]);
  await command.pause();
  // More than fits into a pipe.
  runScript("for i in $(seq 2000); do : > $i; done", directory.path);
  command.resume();
  const stderr = "inotify: sh: exit status 0\n";
  assertEquals(await ended(command), { code: 0, stdout: "2000\n", stderr });
});

Deno.test("`cli.ts --exec` ends while a daemon keeps its pipe open without reading", async () => {
  using directory = new LargeDirectory();
  const daemon = "setsid sleep 1000 <&3 >&- 2>&- & echo $!";
  for (
    const [args, end] of [[[], "SIGTERM"], [["--once"], undefined]] as const
  ) {
    await using command = await start(
      directory,
      `exec 3<&0; ${daemon}`,
      [...args],
    );
    await command.pause();
    // More than fits into a pipe.
    runScript("for i in $(seq 2000); do : > $i; done; rm *", directory.path);
    command.resume();
    const pid = Number(await command.stdout.line());
    try {
      assertEquals(
        await nextNote(command),
        "inotify: sh: exit status 0",
      );
      if (end) command.kill(end);
      const { code, signal } = await command.status;
      assertEquals([code, signal], end ? [143, end] : [0, null]);
      assert(isRunning(pid));
    } finally {
      Deno.kill(pid);
    }
  }
});

Deno.test("`cli.ts --exec --count` ends after that many runs", async () => {
  using directory = new TestDirectory();
  const script = "cat; echo end; exit 7";
  const args = ["--count", "2", "--clear"];
  await using command = await start(directory, script, args);
  directory.file("a");
  assertEquals(await names(command, "end"), ["a"]);
  directory.file("b");
  assertEquals(await names(command, "end"), ["b"]);
  assertEquals((await command.end()).code, 7);
});

const STATUSES = [
  { what: "an exit status", script: "exit 3", code: 3, note: "exit status 3" },
  {
    what: "a signal",
    script: "kill -KILL $$",
    code: 137,
    note: "killed by SIGKILL",
  },
];

for (const { what, script, code, note } of STATUSES) {
  Deno.test(`\`cli.ts --once --exec\` has the status of a command that ends with ${what}`, async () => {
    using directory = new TestDirectory();
    await using command = await start(directory, script, ["--once"]);
    directory.file("a");
    const stderr = `inotify: sh: ${note}\n`;
    assertEquals(await ended(command), { code, stdout: "", stderr });
  });
}

const NOT_STARTED = [
  { what: "does not exist", name: "none", code: 127 },
  { what: "cannot be run", name: "a", code: 126 },
];

for (const { what, name, code } of NOT_STARTED) {
  Deno.test(`\`cli.ts --once --exec\` fails if its command ${what}`, async () => {
    using directory = new TestDirectory();
    const path = directory.at(name);
    await using command = new Command(
      ["--once", directory.path, "--exec", "--", path],
      { permissions: ["--allow-ffi", "--allow-run"] },
    );
    assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
    directory.file("a");
    const { stderr, ...outcome } = await ended(command);
    assertEquals(outcome, { code, stdout: "" });
    assert(stderr.includes(path) && stderr.indexOf("\n") === stderr.length - 1);
  });
}

Deno.test("`cli.ts --exec` continues if its command does not exist yet", async () => {
  using directory = new TestDirectory();
  using tools = new TestDirectory();
  const path = tools.at("tool");
  await using command = new Command(
    ["-q", directory.path, "--exec", "--", path],
    { permissions: ["--allow-ffi", "--allow-run"] },
  );
  await command.watching();
  directory.file("a");
  await command.stderr.linesUntil(path);
  Deno.writeTextFileSync(path, "#!/bin/sh\necho begin", { mode: 0o700 });
  directory.file("b");
  assertEquals(await command.stdout.line(), "begin");
});

Deno.test("`cli.ts --exec` names the missing permission, and does not ask for it", async () => {
  await using command = new Command(["none", "--exec", "--", "sh"]);
  const { code, stdout, stderr } = await command.end();
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^inotify: Requires run access to 'sh', .*\n$/);
});

const OPTIONS = {
  onBusy: "queue",
  clear: false,
  count: 1,
  signal: 15,
  grace: 5000,
  stdin: false,
} as const;

const BATCH: Batch = [{ type: "create", path: "a", isDirectory: false }];

Deno.test("`Exec` kills a command that ignores SIGTERM, with its children", async () => {
  using directory = new TestDirectory();
  const script = 'trap "" TERM; sleep 1000 & echo $$ $! > "$0"; wait';
  const command = ["sh", "-c", script, directory.at("pids")];
  const notes: string[] = [];
  let pids: string[] = [];
  {
    await using exec = new Exec(command, {
      ...OPTIONS,
      onBusy: "restart",
      notes: (text) => notes.push(text),
      grace: 50,
    });
    await exec.take([BATCH]);
    pids = await until(() => {
      const text = readIfPresent(directory.at("pids"));
      return text.endsWith("\n") && text.trim().split(" ");
    });
    assertEquals(pids.map(runs), [true, true]);
  }
  assertEquals(notes.map(withoutTime).slice(1), ["sh: killed by SIGKILL"]);
  // The second process is not a child of this one, so this one cannot wait for it.
  await until(() => !pids.some(runs));
});

Deno.test("`Exec` kills a command that ignores the first signal at the second one", async () => {
  using directory = new TestDirectory();
  const log = directory.at("log");
  const script = `trap 'echo TERM >> "$0"' TERM; echo begin >> "$0"
    while :; do sleep 1; done`;
  const notes: string[] = [];
  await using exec = new Exec(["sh", "-c", script, log], {
    ...OPTIONS,
    notes: (text) => notes.push(text),
    grace: 2 * DEADLINE_MS,
  });
  const taking = exec.take([BATCH]);
  await until(() => readIfPresent(log) === "begin\n");
  Deno.kill(Deno.pid, "SIGTERM");
  await until(() => readIfPresent(log) === "begin\nTERM\n");
  Deno.kill(Deno.pid, "SIGTERM");
  await withDeadline(taking, "the end of the command");
  assertEquals(withoutTime(notes.at(-1)!), "sh: killed by SIGKILL");
});

Deno.test("`Exec` begins no run after it was interrupted", async () => {
  using directory = new TestDirectory();
  const path = directory.at("begun");
  const notes: string[] = [];
  const script = 'echo >> "$0"; exec sleep 20';
  await using exec = new Exec(["sh", "-c", script, path], {
    ...OPTIONS,
    notes: (text) => notes.push(text),
  });
  const taking = exec.take([BATCH, BATCH]);
  await until(() => readIfPresent(path) !== "");
  Deno.kill(Deno.pid, "SIGTERM");
  await taking;
  assertEquals(notes.map(withoutTime).slice(1), ["sh: killed by SIGTERM"]);
  assertEquals(readIfPresent(path), "\n");
});

Deno.test("`Exec` accepts a command that reads none of 100,000 events", async () => {
  const batch = Array.from({ length: 100_000 }, () => BATCH[0]!);
  const notes: string[] = [];
  await using exec = new Exec(["sh", "-c", "exit 5"], {
    ...OPTIONS,
    notes: (text) => notes.push(text),
  });
  await exec.take([batch]);
  assertEquals(await exec.end(), 5);
  assertEquals(notes.map(withoutTime).slice(1), ["sh: exit status 5"]);
});

Deno.test({
  name: "`new Exec()` rejects a command that may not be run",
  permissions: { ffi: true, run: ["true"] },
  fn() {
    assertThrows(
      () => new Exec(["sh"], { ...OPTIONS, notes() {} }),
      Deno.errors.NotCapable,
      "Requires run access to 'sh'",
    );
  },
});
