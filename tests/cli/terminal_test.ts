/** The command on a terminal, which script(1) provides. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Command } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasScript, onTerminal } from "../support/pseudo_terminal.ts";
import { slowWalk } from "../support/slow_walk.ts";

const within = onTerminal;
const ignore = !hasScript;

/** The sequence that clears the line of the cursor. */
const CLEAR = "\r\x1b[K";

interface Look {
  name: string;
  args: string[];
  env: Record<string, string>;
  /** Returns the time and the type of an event, with the time as TIME. */
  columns: string;
}

const PLAIN = "TIME create       ";

const LOOKS: Look[] = [
  {
    name: "in color on a terminal",
    args: [],
    env: { NO_COLOR: "" },
    columns: "\x1b[2mTIME\x1b[22m \x1b[32mcreate       \x1b[39m",
  },
  {
    name: "without color on a terminal under NO_COLOR",
    args: [],
    env: { NO_COLOR: "1" },
    columns: PLAIN,
  },
  {
    name: "in color under NO_COLOR with `--color always`",
    args: ["--color", "always"],
    env: { NO_COLOR: "1" },
    columns: "\x1b[2mTIME\x1b[22m \x1b[32mcreate       \x1b[39m",
  },
  {
    name: "without color on a terminal with `--color never`",
    args: ["--color", "never"],
    env: { NO_COLOR: "" },
    columns: PLAIN,
  },
];

for (const { name, args, env, columns } of LOOKS) {
  Deno.test({
    name: `\`cli.ts\` prints ${name}, with escaped names`,
    ignore,
    async fn() {
      using directory = new TestDirectory();
      const options = { within, env };
      await using command = new Command([...args, directory.path], options);
      assertEquals(await command.stdout.line(), "inotify: Watching 1 path\r");
      directory.directory("a\x1b[2J\nb");
      assertEquals(
        (await command.stdout.line()).replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME"),
        `${columns} ${directory.at("a\\u001b[2J\\nb/")}\r`,
      );
    },
  });
}

Deno.test({
  name: "`cli.ts` ends with Ctrl-C on a terminal",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    await using command = new Command([directory.path], { within });
    assertEquals(await command.stdout.line(), "inotify: Watching 1 path\r");
    await command.stdin.write(Uint8Array.of(3));
    const { code, stdout } = await command.end();
    assertMatch(stdout, /^(\^C)?inotify: Interrupted, exiting\r\n$/);
    assertEquals(code, 130);
  },
});

Deno.test({
  name: "`cli.ts -r` escapes both names of a move on a terminal",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const [a, b] = [directory.directory("a\x1b[2J"), directory.at("b\n")];
    await using command = new Command(["-r", directory.path], { within });
    assertEquals(
      await command.stdout.line(),
      "inotify: Watching 2 directories\r",
    );
    Deno.renameSync(a, b);
    assertStringIncludes(
      await command.stdout.line(),
      `${directory.at("a\\u001b[2J")}/ -> ${directory.at("b\\n")}/\r`,
    );
  },
});

Deno.test({
  name: "`cli.ts -r` shows the progress of a long walk on a terminal",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    await using command = new Command(slowWalk(directory), { within });
    const shown = await command.stdout.chunk();
    assert(shown.startsWith(`${CLEAR}inotify: Watching `), shown);
    assertMatch(shown, /\d+ director(y|ies) so far$/);
    await command.stdin.write(Uint8Array.of(3));
    const { code, stdout } = await command.end();
    assert(
      stdout.endsWith(`${CLEAR}inotify: Interrupted, exiting\r\n`),
      stdout,
    );
    assertEquals(code, 130);
  },
});

const permissions = ["--allow-ffi", "--allow-run=sh"];

Deno.test({
  name: "`cli.ts --exec` ends its command with Ctrl-C on a terminal",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "echo begin; exec sleep 1000";
    await using command = new Command(
      [directory.path, "--exec", "--", "sh", "-c", script],
      { within, permissions },
    );
    assertEquals(await command.stdout.line(), "inotify: Watching 1 path\r");
    directory.file("a");
    await command.stdout.linesUntil("begin");
    await command.stdin.write(Uint8Array.of(3));
    const { code, stdout } = await command.end();
    assertMatch(
      stdout,
      /^(\^C)?inotify: sh: killed by SIGTERM after .*\r\ninotify: Interrupted, exiting\r\n$/,
    );
    assertEquals(code, 130);
  },
});

Deno.test({
  name: "`cli.ts --exec` ends its command when the terminal is closed",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const script = "trap 'rm $0' TERM; echo begin; while :; do sleep 1; done";
    await using command = new Command(
      [directory.path, "-x", "--", "sh", "-c", script, directory.file("a")],
      { within, permissions },
    );
    assertEquals(await command.stdout.line(), "inotify: Watching 1 path\r");
    using watcher = Deno.watchFs(directory.path);
    directory.file("b");
    await command.stdout.linesUntil("begin");
    command.kill("SIGKILL");
    for await (const { kind } of watcher) if (kind === "remove") break;
  },
});

Deno.test({
  name: "`cli.ts --exec --clear` clears the screen of a terminal",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    await using command = new Command(
      ["--clear", directory.path, "-1x", "--", "sh", "-c", "echo begin"],
      { within, permissions },
    );
    await command.stdout.linesUntil("inotify: Keys: ");
    directory.file("a");
    const trigger = `\x1b[2J\x1b[Hinotify: 1 changed: ${directory.at("a")}\r`;
    assertEquals(await command.stdout.line(), trigger);
    assertEquals(await command.stdout.line(), "begin\r");
  },
});
