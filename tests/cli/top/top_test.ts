/** `--top` on a terminal, which tmux(1) provides. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../../support/directory.ts";
import { hasTmux, Terminal } from "../../support/tmux.ts";
import { projectPath } from "../../support/project.ts";

const ignore = !hasTmux;

const CLI = import.meta.resolve("../../../cli.ts");

const HEADING = "  RATE/S      TOTAL             PATH";

/** Opens a terminal with `--top` for the directory `in`. */
function openTop(
  directory: TestDirectory,
  { program = CLI, args = "" } = {},
): Terminal {
  directory.directory("in");
  const config = projectPath("deno.json");
  const deno =
    `${Deno.execPath()} run --no-prompt --allow-ffi --config "${config}"`;
  return new Terminal(`
    cd ${directory.path}
    echo before
    settings=$(stty -g)
    sh -c 'echo $$ > pid; exec ${deno} ${program} --top ${args} in'
    echo "status $?"
    test "$settings" = "$(stty -g)" && echo same
    read line
  `);
}

/** Resolves when the table is drawn. */
async function drawn(terminal: Terminal): Promise<void> {
  await terminal.until((lines) => lines[3] === HEADING);
}

/** Writes to the files by turns, because the kernel merges equal events. */
function write(paths: readonly string[]): void {
  for (const path of paths) Deno.writeTextFileSync(path, "text");
}

Deno.test({
  name: "`cli.ts --top` shows the busiest paths, also after the last event",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    using terminal = openTop(directory, { args: "-e close_write" });
    await drawn(terminal);
    assertEquals(terminal.variable("alternate_on"), "1");
    assertEquals(terminal.variable("cursor_flag"), "0");

    const [a, b, c] = ["a", "b\x1b[2J\n", "天".repeat(40)]
      .map((name) => directory.at(`in/${name}`)) as [string, string, string];
    let rounds = 0;
    const writes = setInterval(() => {
      write([a, b, a, c]);
      rounds++;
    }, 20);
    const full = /^ +[1-9]\d* +[1-9]\d* {2}█{10} in\/a$/;
    await terminal.until((lines) => full.test(lines[4] ?? ""));
    clearInterval(writes);

    const quiet = `${4 * rounds} events on 3 paths, 0 in the last second`;
    const lines = await terminal.until(([first]) => first!.includes(quiet));
    const counts = (count: number) =>
      `${" ".repeat(7)}0 ${`${count}`.padStart(10)}${" ".repeat(13)}`;
    assertEquals(lines, [
      `1 path: ${quiet}`,
      "Press q to end",
      "",
      HEADING,
      `${counts(2 * rounds)}in/a`,
      `${counts(rounds)}in/b\\u001b[2J\\n`,
      `${counts(rounds)}…${"天".repeat(23)}`,
    ]);
  },
});

Deno.test({
  name: "`cli.ts --top` adapts when the terminal is resized",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    using terminal = openTop(directory);
    await drawn(terminal);
    write(["a", "b", "c"].map((name) => directory.at(`in/${name}`)));
    await terminal.until((lines) => lines.length === 7);
    terminal.resize(32, 6);
    await terminal.until((lines) =>
      lines.length === 6 && lines[3] === "  RATE/S      TOTAL       PATH"
    );
    terminal.resize(104, 30);
    await terminal.until((lines) =>
      lines.length === 7 && lines[3] === HEADING.replace("PATH", "   PATH")
    );
  },
});

Deno.test({
  name: "`cli.ts --top` is stopped by Ctrl-Z and continued by `fg`",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    directory.directory("in");
    using terminal = new Terminal(
      `cd ${directory.path}; exec bash --norc --noprofile -i`,
    );
    const deno = `${Deno.execPath()} run --no-prompt --allow-ffi`;
    terminal.press(`${deno} ${CLI} --top in`);
    terminal.press("Enter");
    for (let i = 0; i < 2; i++) {
      await drawn(terminal);
      terminal.press("C-z");
      await terminal.until((lines) =>
        lines.filter((line) => line.includes("Stopped")).length === i + 1
      );
      const flags = ["alternate_on", "cursor_flag", "wrap_flag"];
      assertEquals(
        flags.map((name) => terminal.variable(name)),
        ["0", "1", "1"],
      );
      terminal.press("fg");
      terminal.press("Enter");
    }
    await drawn(terminal);
    write([directory.at("in/a")]);
    await terminal.until((lines) => lines.at(-1)!.endsWith("in/a"));
    terminal.press("q");
    await terminal.until((lines) => lines.at(-1)!.startsWith("bash-"));
  },
});

interface Ending {
  by: string;
  end: (terminal: Terminal, directory: TestDirectory) => void;
  status: number;
  note: string[];
  program?: (directory: TestDirectory) => string;
}

const ENDINGS: Ending[] = [
  {
    by: "q",
    end: (terminal) => terminal.press("q"),
    status: 0,
    note: [],
  },
  {
    by: "Esc",
    end(terminal) {
      terminal.press("Up");
      terminal.press("Escape");
    },
    status: 0,
    note: [],
  },
  {
    by: "Ctrl-C",
    end: (terminal) => terminal.press("C-c"),
    status: 130,
    note: ["inotify: Interrupted, exiting"],
  },
  {
    by: "SIGTERM",
    end: (_, directory) =>
      Deno.kill(Number(Deno.readTextFileSync(directory.at("pid"))), "SIGTERM"),
    status: 143,
    // The last line belongs to the shell.
    note: ["inotify: Interrupted, exiting", "Terminated"],
  },
  {
    by: "the end of what it watches",
    end: (_, directory) => Deno.removeSync(directory.at("in")),
    status: 0,
    note: ["inotify: Nothing is left to watch"],
  },
  {
    by: "an error",
    end: (_, directory) => directory.file("in/a"),
    status: 1,
    note: ["inotify: It failed"],
    program: failing,
  },
];

/** A program that fails at its first event. */
function failing(directory: TestDirectory): string {
  const path = directory.at("failing.ts");
  const at = (path: string) => JSON.stringify(import.meta.resolve(path));
  Deno.writeTextFileSync(
    path,
    `
      import { run } from ${at("../../../lib/cli/run.ts")};
      import { note } from ${at("../../../lib/cli/stdio.ts")};
      import { Top } from ${at("../../../lib/cli/top/top.ts")};
      import { IN, Inotify } from ${at("../../../mod.ts")};

      const source = {
        subject: "1 path",
        async *batches() {
          using inotify = new Inotify();
          inotify.addWatch(Deno.args.at(-1), IN.CREATE);
          await inotify.wait();
          throw new Error("It failed");
        },
        async [Symbol.asyncDispose]() {},
      };
      try {
        await using top = new Top(["create"]);
        const options = { count: Infinity, timeout: Infinity, notes: note };
        await run(() => source, top, options);
      } catch (error) {
        note(error.message);
        Deno.exitCode = 1;
      }
    `,
  );
  return path;
}

for (const { by, end, status, note, program } of ENDINGS) {
  Deno.test({
    name: `\`cli.ts --top\` leaves the terminal as it was after ${by}`,
    ignore,
    async fn() {
      using directory = new TestDirectory();
      const options = program ? { program: program(directory) } : {};
      using terminal = openTop(directory, options);
      await drawn(terminal);
      end(terminal, directory);
      assertEquals(
        await terminal.until((lines) => lines.at(-1) === "same"),
        [
          "before",
          "inotify: Watching 1 path",
          ...note,
          `status ${status}`,
          "same",
        ],
      );
      const flags = ["alternate_on", "cursor_flag", "wrap_flag"];
      assertEquals(
        flags.map((name) => terminal.variable(name)),
        ["0", "1", "1"],
      );
    },
  });
}
