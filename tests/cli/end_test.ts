/** How the command ends. */

import {
  assert,
  assertEquals,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { Command } from "../support/command.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { catches, countWatches, readIfPresent } from "../support/process.ts";
import { runScript } from "../support/script.ts";
import { LocalCommand } from "../support/local_command.ts";
import { until } from "../support/until.ts";

const SIGNALS = [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const;

for (const [signal, code] of SIGNALS) {
  Deno.test(`\`cli.ts\` ends with ${signal}`, async () => {
    using directory = new TestDirectory();
    await using command = new Command([directory.path]);
    assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
    command.kill(signal);
    const stderr = "inotify: Interrupted, exiting\n";
    assertEquals(await command.end(), { code, stdout: "", stderr });
    // A shell distinguishes a signal from a status that looks like one.
    assertEquals((await command.status).signal, signal);
  });

  Deno.test(`\`cli.ts -q\` ends with ${signal} without a note`, async () => {
    using directory = new TestDirectory();
    await using command = await Command.ready(["-q", directory.path]);
    command.kill(signal);
    assertEquals(await command.end(), { code, stdout: "", stderr: "" });
  });
}

Deno.test("`while cli.ts --once` in a shell ends with Ctrl-C", async () => {
  using directory = new TestDirectory();
  const script = 'while "$@" || :; do echo again; done';
  await using command = new Command(["--once", directory.path], {
    // As on a terminal, the shell and its commands get the signal.
    within: ["setsid", "bash", "-c", script, "bash"],
  });
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  Deno.kill(-command.pid, "SIGINT");
  const { signal } = await command.status;
  assertEquals([signal, await command.stdout.rest()], ["SIGINT", ""]);
});

Deno.test({
  name: "`cli.ts` as the first process of a container ends with SIGTERM",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    const args = ["-Urpf", "--kill-child", "--mount-proc"];
    await using command = new Command([directory.path], {
      within: ["unshare", ...args],
    });
    assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
    const [pid] = readIfPresent(
      `/proc/${command.pid}/task/${command.pid}/children`,
    ).split(" ");
    Deno.kill(Number(pid), "SIGTERM");
    assertEquals((await command.end()).code, 143);
  },
});

Deno.test("`nohup cli.ts` continues after SIGHUP", async () => {
  for (const end of [[], ["-x", "--", "cat"]]) {
    // Sometimes, Deno itself listens for SIGHUP before the command starts, most
    // often if it cannot write to its cache.
    for (let tries = 0; !await survivesHangup(end); tries++) {
      assertLess(tries, 10, "each time, it ended by SIGHUP");
    }
  }
});

async function survivesHangup(end: readonly string[]): Promise<boolean> {
  using directory = new TestDirectory();
  using cache = new TestDirectory();
  const args = ["-e", "create", directory.path, ...end];
  await using command = new Command(args, {
    within: ["nohup"],
    permissions: ["--allow-ffi", "--allow-run=cat"],
    env: { DENO_DIR: cache.path },
  });
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  command.kill("SIGHUP");
  const path = directory.directory("a");
  const line = await command.stdout.line().catch(() => "");
  command.kill("SIGTERM");
  const { code } = await command.status;
  if (code === 129) return false;
  assertStringIncludes(line, path);
  assertEquals(code, 143);
  return true;
}

Deno.test("`cli.ts` prints the events from before an interruption", async () => {
  using directory = new LargeDirectory();
  const args = ["-q", "-e", "create", directory.path];
  await using command = await Command.ready(args);
  await command.pause();
  const paths = Array.from({ length: 1000 }, (_, i) => directory.file(`${i}`));
  command.kill("SIGINT");
  command.resume();
  const { code, stdout } = await command.end();
  assertEquals(code, 130);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.map(({ path }) => path), paths);
});

Deno.test("`cli.ts` is killed by a second signal when nobody reads", async () => {
  using directory = new LargeDirectory();
  const paths = [directory.file("a"), directory.file("b")];
  await using command = await Command.ready(["-e", "attrib", directory.path]);
  await command.pause();
  // More than fits into a pipe; by turns, because the kernel merges equal events.
  for (let i = 0; i < 10_000; i++) Deno.chmodSync(paths[i % 2]!, 0o600);
  command.resume();
  await command.stdout.line();
  command.kill("SIGTERM");
  const again = setInterval(() => command.kill("SIGTERM"), 10);
  const { signal } = await command.status;
  clearInterval(again);
  assertEquals(signal, "SIGTERM");
});

Deno.test("`cli.ts` is killed by a second signal while a filter runs", async () => {
  using directory = new TestDirectory();
  directory.directory("a".repeat(100));
  // Finding that this does not match would take years.
  const args = ["-r", "--exclude", "(a+)+!", directory.path];
  await using command = new Command(args);
  const { pid } = command;
  await until(() => countWatches(pid) > 0);
  command.kill("SIGTERM");
  await until(() => !catches(pid, 15));
  command.kill("SIGTERM");
  assertEquals((await command.status).signal, "SIGTERM");
});

Deno.test("`cli.ts | head -1` prints one line and ends", async () => {
  using directory = new TestDirectory();
  const within = ["bash", "-c", '"$0" "$@" | head -1; exit ${PIPESTATUS[0]}'];
  await using command = await Command.ready([directory.path], { within });
  const stderr = "inotify: Watching 1 path\n";
  assertEquals(await command.end(), { code: 0, stdout: "", stderr });
});

Deno.test("`cli.ts` ends when the other end of a socket has gone", async () => {
  using directory = new TestDirectory();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const to = `/dev/tcp/127.0.0.1/${listener.addr.port}`;
  const within = ["bash", "-c", `exec "$0" "$@" > ${to}`];
  await using command = new Command(["--json", directory.path], { within });
  const connection = await listener.accept();
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  await connection.read(new Uint8Array(1));
  // With unread data, closing the socket resets the connection.
  connection.close();
  assertEquals(await command.end(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("`cli.ts > FIFO` ends at its first write without a reader", async () => {
  using directory = new TestDirectory();
  using fifo = new TestDirectory();
  runScript("mkfifo out", fifo.path);
  const within = ["bash", "-c", `exec "$0" "$@" > ${fifo.at("out")}`];
  await using command = new Command([directory.path], { within });
  const reader = await Deno.open(fifo.at("out"));
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  reader.close();
  directory.file("a");
  assertEquals(await command.end(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("`cli.ts` ends with a whole line in the middle of a burst", async () => {
  using directory = new TestDirectory();
  await using command = await Command.ready([directory.path]);
  await using _burst = new Deno.Command("sh", {
    args: ["-c", "while :; do : > a; : > b; done"],
    cwd: directory.path,
  }).spawn();
  for (let i = 0; i < 100; i++) await command.stdout.line();
  command.kill("SIGTERM");
  const { code, stdout } = await command.end();
  assertEquals(code, 143);
  assert(stdout === "" || stdout.endsWith("\n"));
  const lines = stdout.split("\n").slice(0, -1);
  for (const line of lines) assert("type" in JSON.parse(line));
});

Deno.test("`cli.ts` ends when nothing is left to watch", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.directory("a"), directory.directory("b")];
  await using command = await LocalCommand.ready([a, b]);
  Deno.removeSync(a);
  Deno.removeSync(b);
  const { code, stdout, stderr } = await command.end();
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    events.map(({ type, path }) => [type, path]),
    [["delete_self", a], ["delete_self", b]],
  );
  assertEquals(code, 0);
  assertEquals(
    stderr,
    "inotify: Watching 2 paths\ninotify: Nothing is left to watch\n",
  );
});

Deno.test("`cli.ts` ends when the watched path has moved away", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  await using command = await LocalCommand.ready(["-q", path]);
  Deno.renameSync(path, directory.at("b"));
  const { code, stdout, stderr } = await command.end();
  const { type } = JSON.parse(stdout);
  assertEquals([type, code, stderr], ["move_self", 0, ""]);
});

Deno.test("`cli.ts` fails when it ends without an event", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  await using command = await LocalCommand.ready(["-q", "-e", "create", path]);
  Deno.removeSync(path);
  assertEquals(await command.end(), { code: 1, stdout: "", stderr: "" });
});

Deno.test("`cli.ts -qq` reports only by its status", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  await using command = new Command(["-qq", "--json", path]);
  await command.watching();
  Deno.removeSync(path);
  assertEquals(await command.end(), { code: 0, stdout: "", stderr: "" });
});
