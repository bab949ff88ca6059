/** The command on a terminal, which script(1) provides. */

import { assertEquals, assertMatch } from "@std/assert";
import { Command } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";

const within = ["bash", "-c", 'exec script -qec "${*@Q}" /dev/null', "-"];
const ignore = !hasScript();

function hasScript(): boolean {
  try {
    return new Deno.Command("script", { args: ["--version"] })
      .outputSync().success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("Ignoring the tests on a terminal: script(1) is missing");
    return false;
  }
}

interface Look {
  name: string;
  args: string[];
  env: Record<string, string>;
  /** Time and type of an event, the time as TIME. */
  columns: string;
}

const PLAIN = "TIME create       ";

const LOOKS: Look[] = [
  {
    name: "in colour on a terminal",
    args: [],
    env: { NO_COLOR: "" },
    columns: "\x1b[2mTIME\x1b[22m \x1b[32mcreate       \x1b[39m",
  },
  {
    name: "without colour on a terminal under NO_COLOR",
    args: [],
    env: { NO_COLOR: "1" },
    columns: PLAIN,
  },
  {
    name: "without colour on a terminal with `--color never`",
    args: ["--color", "never"],
    env: { NO_COLOR: "" },
    columns: PLAIN,
  },
];

for (const { name, args, env, columns } of LOOKS) {
  Deno.test({
    name: `\`cli.ts\` prints ${name}, names escaped`,
    ignore,
    async fn() {
      using directory = new TestDirectory();
      const options = { within, env };
      await using command = new Command([...args, directory.path], options);
      assertEquals(await command.stdout.line(), "Watching 1 path\r");
      directory.directory("a\x1b[2J\nb");
      assertEquals(
        (await command.stdout.line()).replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME"),
        `${columns} ${directory.at("a\\u001b[2J\\nb")}\r`,
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
    assertEquals(await command.stdout.line(), "Watching 1 path\r");
    await command.stdin.write(Uint8Array.of(3));
    const { code, stdout } = await command.end();
    assertMatch(stdout, /^(\^C)?Interrupted, exiting\r\n$/);
    assertEquals(code, 130);
  },
});
