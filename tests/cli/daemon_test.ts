/** `--daemon`. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  Command,
  type CommandOptions,
  runCommand,
} from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { Log } from "../support/log.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { isRunning, readIfPresent, statFields } from "../support/process.ts";
import { runScript } from "../support/script.ts";
import { linesWith, until } from "../support/until.ts";
import { projectWord } from "../support/project.ts";

function permissions(log: string): string[] {
  return [
    "--allow-ffi",
    `--allow-run=${Deno.execPath()}`,
    `--allow-write=${log}`,
  ];
}

/** Finds the background process with `text` in its command line. */
class Daemon implements AsyncDisposable {
  private constructor(readonly pid: number) {}

  static find(text: string): Daemon | undefined {
    const found = [...Deno.readDirSync("/proc")]
      .filter(({ name }) => /^\d+$/.test(name))
      .find(({ name }) => {
        const line = readIfPresent(`/proc/${name}/cmdline`);
        return line.includes("--in-background") && line.includes(text);
      });
    return found && new Daemon(Number(found.name));
  }

  get session(): number {
    return Number(statFields(this.pid)[3]);
  }

  get terminal(): number {
    return Number(statFields(this.pid)[4]);
  }

  /** Returns the files of standard input, output and error. */
  get streams(): string[] {
    return [0, 1, 2].map((fd) =>
      Deno.readLinkSync(`/proc/${this.pid}/fd/${fd}`)
    );
  }

  /** Ends the process. */
  async end(): Promise<void> {
    Deno.kill(this.pid, "SIGTERM");
    await until(() => !isRunning(this.pid));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (isRunning(this.pid)) await this.end();
  }
}

Deno.test("`cli.ts --daemon` continues in the background when it watches", async () => {
  using directory = new TestDirectory();
  using watched = new TestDirectory();
  const options: CommandOptions = {
    // No path with a comma can be granted, but the folder can.
    permissions: permissions("."),
    within: ["env", "-C", directory.path],
  };
  const outcome = await runCommand(
    ["-d", "-o", "log,1", "--json", watched.path],
    options,
  );
  await using daemon = Daemon.find(watched.path)!;
  assertEquals(outcome, {
    code: 0,
    stdout: "",
    stderr:
      `inotify: Running in the background, end it with: kill ${daemon.pid}\n`,
  });
  watched.directory("a");
  const log = directory.at("log,1");
  const lines = await linesWith("/a", log);
  assertMatch(lines[0]!, /"ready"/);
  assertMatch(lines[1]!, /"create"/);
  assertEquals(daemon.session, daemon.pid);
  assertEquals(daemon.terminal, 0);
  assertEquals(daemon.streams, Array(3).fill("/dev/null"));
  await daemon.end();
  assertEquals((await linesWith("/a", log)).length, 2);
});

Deno.test("`cli.ts --daemon` warns before it goes to the background", async () => {
  using directory = new TestDirectory();
  const log = directory.at("log");
  const args = ["-d", "-o", log, "/proc/self/"];
  const outcome = await runCommand(args, { permissions: permissions(log) });
  await using daemon = Daemon.find(log)!;
  assertEquals(outcome, {
    code: 0,
    stdout: "",
    stderr:
      "inotify: '/proc/self/' is on proc: inotify does not see changes by the kernel\n" +
      `inotify: Running in the background, end it with: kill ${daemon.pid}\n`,
  });
});

Deno.test({
  name: "`cli.ts --daemon` sends notes to the log of the system",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    await using log = await Log.at(directory.path);
    const file = directory.at("a,b");
    const args = ["-d", "-o", file, directory.path];
    const outcome = await runCommand(args, {
      permissions: ["--allow-all"],
      within: log.within,
    });
    await using daemon = Daemon.find(file)!;
    assertEquals(outcome.code, 0);
    assertMatch(outcome.stderr, /^inotify: Running in the background, .*\n$/);
    assertMatch(await log.line(), /: Watching 1 path$/);
    Deno.removeSync(file);
    await daemon.end();
    assertMatch(await log.line(), /: Interrupted, exiting$/);
  },
});

Deno.test("`cli.ts --daemon` reads the list of `--fromfile`", async () => {
  using directory = new TestDirectory();
  const [log, list] = [directory.at("log"), directory.at("list")];
  const path = directory.directory("a");
  Deno.writeTextFileSync(list, `${path}\n`);
  for (const read of ["--allow-read", `--allow-read=${list}`]) {
    const outcome = await runCommand(["-qdo", log, "--fromfile", list], {
      permissions: [...permissions(log), read],
    });
    assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
    await using _daemon = Daemon.find(log)!;
  }
});

const COMMAND = projectWord("cli.ts");

const REFUSED: [what: string, options: CommandOptions, message: string][] = [
  [
    "a path that does not exist",
    { permissions: permissions("log") },
    "No such file or directory (os error 2): watch '/nope'",
  ],
  [
    "no permission to run itself",
    { permissions: ["--allow-ffi", "--allow-write"] },
    "Requires run access to Deno itself, run it as: deno run --allow-ffi " +
    `--allow-write --allow-run=deno ${COMMAND} …`,
  ],
  [
    "no permission to write",
    { permissions: ["--allow-ffi", "--allow-run"] },
    "Requires write access to 'log', run it as: deno run --allow-ffi " +
    `--allow-run --allow-write=log ${COMMAND} …`,
  ],
];

for (const [what, options, message] of REFUSED) {
  Deno.test(`\`cli.ts --daemon\` rejects ${what}`, async () => {
    using directory = new TestDirectory();
    const within = ["env", "-C", directory.path];
    const args = ["-d", "-o", "log", "/nope"];
    const outcome = await runCommand(args, { ...options, within });
    const stderr = `inotify: ${message}\n`;
    assertEquals(outcome, { code: 1, stdout: "", stderr });
  });
}

Deno.test("`cli.ts --daemon` ends if the command in the foreground has ended", async () => {
  using directory = new TestDirectory();
  const log = directory.at("log");
  // The command waits for a reader of this pipe before it watches.
  runScript("mkfifo log", directory.path);
  await using command = new Command(["-d", "-o", log, directory.path], {
    permissions: permissions(log),
  });
  await until(() => Daemon.find(log));
  command.kill("SIGKILL");
  await command.status;
  assertEquals(await Deno.readTextFile(log), "");
});
