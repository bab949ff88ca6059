/** `--syslog`, with the log of the test at /dev/log. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Command } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { Log } from "../support/log.ts";
import { hasNamespaces } from "../support/namespaces.ts";

const ignore = !hasNamespaces;

Deno.test({
  name: "`cli.ts --syslog` sends notes to the system log",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    using watched = new TestDirectory();
    await using log = await Log.at(directory.path);
    await using command = new Command(["--syslog", watched.path], {
      within: log.within,
    });
    // LOG_DAEMON and LOG_NOTICE, and the local time.
    assertMatch(
      await log.line(),
      /^<29>\w{3} .{11} inotify\[\d+\]: Watching 1 path$/,
    );
    watched.directory("a");
    assertMatch(await command.stdout.line(), /create .*\/a\/$/);
    command.kill("SIGTERM");
    assertMatch(await log.line(), /\]: Interrupted, exiting$/);
    assertEquals(await command.end(), { code: 143, stdout: "", stderr: "" });
  },
});

Deno.test({
  name: "`cli.ts --syslog` sends warnings about file systems to the system log",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    await using log = await Log.at(directory.path);
    await using command = new Command(["--syslog", "/proc/self"], {
      within: log.within,
    });
    const lines = [await log.line(), await log.line()];
    for (const text of ["'/proc/self' is on proc: ", "Watching 1 path"]) {
      // LOG_DAEMON and LOG_NOTICE.
      assert(lines.some((line) => /^<29>/.test(line) && line.includes(text)));
    }
    command.kill("SIGTERM");
    await command.end();
  },
});

Deno.test({
  name: "`cli.ts --syslog` sends errors to the system log",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    await using log = await Log.at(directory.path);
    await using command = new Command(["-s", "/%s%n\n"], {
      within: log.within,
    });
    assertMatch(
      await log.line(),
      /^<27>.*: No such file or directory \(os error 2\): watch '\/%s%n\\n'$/,
    );
    assertEquals(await command.end(), { code: 1, stdout: "", stderr: "" });
  },
});
