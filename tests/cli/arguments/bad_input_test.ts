/** The errors of the command. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  Command,
  type CommandOptions,
  runCommand,
} from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { unprivileged } from "../../support/privileges.ts";
import { LIBRARY_PATH } from "../../support/library.ts";
import { runLocally } from "../../support/local_command.ts";

interface Row {
  args: string[];
  /** Options of the process, if it needs one of its own. */
  options?: CommandOptions;
  code: number;
  /** The only line on standard error. */
  message: string;
}

const ROWS: Row[] = [
  {
    args: [],
    options: {},
    code: 64,
    message: "No PATH given. " +
      "Usage: deno run --allow-ffi jsr:@x/inotify/cli [OPTIONS] PATH...",
  },
  {
    args: ["-q"],
    code: 64,
    message: "No PATH given. " +
      "Usage: deno run --allow-ffi jsr:@x/inotify/cli [OPTIONS] PATH...",
  },
  {
    args: ["--daemon", "/"],
    code: 64,
    message: "Cannot use --daemon without --outfile",
  },
  {
    args: ["-r", "--exclude", "a)\n", "/"],
    code: 64,
    message: `Cannot use "a)\\n" for --exclude: Unmatched ')'`,
  },
  {
    args: ["--includei", "[b-a]", "/"],
    code: 64,
    message: 'Cannot use "[b-a]" for --includei: ' +
      "Range out of order in character class",
  },
  {
    args: ["--ignore", "#a", "/"],
    code: 64,
    message: 'Cannot use "#a" for --ignore: ' +
      'a line that begins with "#" is a comment',
  },
  {
    args: ["--ignore", "!/", "/"],
    code: 64,
    message: 'Cannot use "!/" for --ignore: it matches nothing',
  },
  {
    args: ["-r", "--max-depth", "two", "/"],
    code: 64,
    message: 'Cannot use "two" for --max-depth: expected an integer >= 1',
  },
  {
    args: ["--max-depth", "2", "/"],
    code: 64,
    message: "Cannot use --max-depth without --recursive",
  },
  {
    args: ["--raw", "-r", "/"],
    code: 64,
    message: "Cannot combine --recursive with --raw",
  },
  {
    args: ["--raw", "/", "@/tmp"],
    code: 64,
    message: 'Cannot combine "@/tmp" with --raw',
  },
  {
    args: ["--bogus", "/"],
    code: 64,
    message: "Cannot use the option --bogus: it is unknown, see --help",
  },
  {
    args: ["-e", "created", "/"],
    code: 64,
    message: 'Cannot report the event "created": expected one of access, ' +
      "attrib, close_write, close_nowrite, close, create, delete, " +
      "delete_self, modify, moved_from, moved_to, move, move_self, open, " +
      "unmount, content, all; did you mean create?",
  },
  {
    args: ["--stats", "--sort=open", "-e", "move", "/"],
    code: 64,
    message: 'Cannot sort by "open": expected one of total, moved_from, ' +
      "moved_to, unmount",
  },
  {
    args: ["--recusrive", "/"],
    code: 64,
    message: "Cannot use the option --recusrive: it is unknown, " +
      "see --help; did you mean --recursive?",
  },
  {
    args: ["--exclud", "a", "/"],
    code: 64,
    message: "Cannot use the option --exclud: " +
      "it may be --exclude, --excludei",
  },
  {
    args: ["--color", "allways", "/"],
    code: 64,
    message: 'Cannot use "allways" for --color: ' +
      "expected one of auto, always, never; did you mean always?",
  },
  {
    args: ["-e", "isdir", "/"],
    code: 64,
    message: 'Cannot report "isdir" alone: it is not what happened to a file',
  },
  {
    args: ["--include", "*.ts", "/"],
    code: 64,
    message: 'Cannot use "*.ts" for --include: ' +
      "expected a regular expression, which a glob is not",
  },
  {
    args: ["/", "@/"],
    code: 64,
    message: "Cannot watch anything: every PATH is excluded",
  },
  {
    args: ["/", "-x"],
    code: 64,
    message: "Cannot use --exec without a command: " +
      "put it after --, as in -x PATH -- make",
  },
  {
    args: ["-x", "/", "--", "make -j 4"],
    options: { permissions: ["--allow-ffi", "--allow-run=sh"] },
    code: 64,
    message: 'Cannot run "make -j 4": there is no such program; ' +
      "for a command line, run a shell: -x … -- sh -c 'make -j 4'",
  },
  {
    args: ["/", "--", "make"],
    code: 1,
    message: "No such file or directory (os error 2): watch 'make'; " +
      "to run a command, put -x before --",
  },
  {
    args: ["--top", "/"],
    code: 64,
    message: "Cannot use --top: standard output is not a terminal",
  },
  {
    args: ["/", "/nope"],
    code: 1,
    message: "No such file or directory (os error 2): watch '/nope'",
  },
  {
    args: [""],
    code: 1,
    message: "No such file or directory (os error 2): watch ''",
  },
  {
    args: ["-qq", "/proc/version/a"],
    code: 1,
    message: "Not a directory (os error 20): watch '/proc/version/a'",
  },
  {
    args: ["/\x1b[2J\n"],
    code: 1,
    message: "No such file or directory (os error 2): watch '/\\u001b[2J\\n'",
  },
  {
    args: ["/" + "a".repeat(5000)],
    code: 1,
    message: `File name too long (os error 36): watch '/${"a".repeat(5000)}'`,
  },
  {
    args: ["-q", "--json", "/"],
    options: { within: ["sh", "-c", 'exec "$0" "$@" >/dev/full'] },
    code: 1,
    message: "Cannot write to standard output: " +
      "No space left on device (os error 28)",
  },
];

for (const { args, options, code, message } of ROWS) {
  const given = JSON.stringify(args).slice(1, -1).slice(0, 40);
  Deno.test(`\`cli.ts\` rejects ${given || "no arguments"}`, async () => {
    const outcome = options
      ? await runCommand(args, options)
      : await runLocally(args);
    assertEquals(outcome, {
      code,
      stdout: "",
      stderr: `inotify: ${message}\n`,
    });
  });
}

Deno.test("`cli.ts` names the missing permission", async () => {
  const { code, stderr } = await runCommand(["/"], { permissions: [] });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^inotify: Requires ffi access .* the --allow-ffi flag\n$/,
  );
});

Deno.test("`cli.ts` works with the least form of the permission", async () => {
  const permissions = [`--allow-ffi=${LIBRARY_PATH}`];
  const { code, stderr } = await runCommand(["/nope"], { permissions });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "No such file or directory");
});

Deno.test("`cli.ts` reports a link with a missing target", async () => {
  using directory = new TestDirectory();
  const path = directory.at("link");
  Deno.symlinkSync("gone", path);
  const { code, stderr } = await runLocally([path]);
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `inotify: No such file or directory (os error 2): watch '${path}'; ` +
      "it is a symbolic link to 'gone', use -P to watch the link itself\n",
  );
});

Deno.test("`cli.ts` names the path that it may not read", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  Deno.chmodSync(path, 0);
  const { code, stderr } = await runCommand([path], { within: unprivileged });
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `inotify: Permission denied (os error 13): watch '${path}'\n`,
  );
});

Deno.test("`cli.ts -r` reports directories that it cannot follow, and continues", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  Deno.chmodSync(path, 0);
  const args = ["-r", directory.path];
  const message = `Permission denied (os error 13): watch '${path}'`;
  {
    await using command = new Command(args, { within: unprivileged });
    const line = await command.stdout.line();
    assertEquals(line.slice(13), `unwatched     ${path}: ${message}`);
  }
  await using command = await Command.ready(args, { within: unprivileged });
  const { time: _, ...event } = JSON.parse(await command.stdout.line());
  const error = {
    name: "PermissionDenied",
    code: "EACCES",
    message,
    syscall: "open",
    path,
  };
  assertEquals(event, { type: "unwatched", path, error });
  const next = directory.directory("b");
  assertEquals(JSON.parse(await command.stdout.line()).path, next);
});

Deno.test("`cli.ts` does not count a path that it cannot follow as an event", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  Deno.chmodSync(path, 0);
  const message = `Permission denied (os error 13): watch '${path}'`;
  const within = unprivileged;
  {
    const args = ["-1", "-r", directory.path];
    await using command = await Command.ready(args, { within });
    assertEquals(JSON.parse(await command.stdout.line()).type, "unwatched");
    const next = directory.directory("b");
    assertEquals(JSON.parse(await command.stdout.line()).path, next);
    assertEquals((await command.status).code, 0);
  }
  const args = ["-1", "-r", directory.path, "-x", "--", "cat"];
  const permissions = ["--allow-ffi", "--allow-run=cat"];
  await using command = new Command(args, { within, permissions });
  assertEquals(await command.stderr.line(), "inotify: Watching 2 directories");
  assertEquals(await command.stderr.line(), `inotify: ${message}`);
  const next = directory.directory("c");
  const { code, stdout } = await command.end();
  assertEquals([code, JSON.parse(stdout).path], [0, next]);
});

Deno.test("`cli.ts --help` goes to standard output", async () => {
  const { code, stdout, stderr } = await runCommand(["--help"], {
    permissions: [],
  });
  assertStringIncludes(stdout, "-e, --event LIST");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("`cli.ts --version` prints the version of the package", async () => {
  const config = new URL("../../../deno.json", import.meta.url);
  const { version } = JSON.parse(await Deno.readTextFile(config));
  assertEquals(
    await runCommand(["--version"], { permissions: [] }),
    { code: 0, stdout: `inotify ${version}\n`, stderr: "" },
  );
});
