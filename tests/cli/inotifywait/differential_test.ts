/**
 * Compares the command with inotifywait(1): both watch the same tree during the same
 * changes, and print the same bytes.
 *
 * `DIFFERENTIAL_SEEDS=100` runs every row with 100 seeds instead of one.
 */

import { assertEquals } from "@std/assert";
import { commandLine } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { FilePlay, type PlayOptions } from "../../support/file_play.ts";
import { Listener } from "../../support/listener.ts";
import { hasTool } from "../../support/tools.ts";

/** How many changes are made with each seed. */
const STEPS = 25;

/** The names in the lines that are not compared. */
const MARK = "MARK";

interface Row extends PlayOptions {
  /** The arguments for both, without `-m` and without the marks. */
  args: string[];
  /** The text of the file `list`. */
  list?: string;
  /** The end of each line. */
  terminator?: string;
}

const FORMAT = ["--format", "%c %e %w%f"];
const CHANGES = "create,delete,delete_self,modify,move,move_self,attrib," +
  "close_write";

/**
 * Events about reading are left out in rows that watch new directories: each command
 * would report that the other one lists them.
 */
const ROWS: Row[] = [
  { args: [...FORMAT, "tree"], directories: true },
  { args: ["--csv", "tree"], directories: true },
  { args: [...FORMAT, "-e", "move", "tree"], directories: true },
  { args: [...FORMAT, "-e", "moved_from", "tree/"], directories: true },
  { args: [...FORMAT, "-e", "close,access", "./tree"], directories: true },
  { args: [...FORMAT, "tree/f"], file: "tree/f", directories: false },
  {
    args: ["--csv", "tree/d/e/i, j"],
    file: "tree/d/e/i, j",
    directories: false,
  },
  {
    args: [...FORMAT, "-e", "attrib,delete_self", "./tree/f"],
    file: "tree/f",
    directories: false,
  },
  { args: [...FORMAT, "-r", "tree"], directories: false },
  { args: ["-r", "--csv", "tree//"], directories: false },
  { args: [...FORMAT, "-r", "-e", CHANGES, "tree"], directories: true },
  { args: ["-r", "--csv", "-e", CHANGES, "tree/"], directories: true },
  {
    args: [...FORMAT, "-r", "-e", "create,delete_self,move_self", "tree"],
    directories: true,
  },
  { args: [...FORMAT, "-r", "-e", "modify,delete", "tree"], directories: true },
  {
    args: ["-r", "--format", "%w|%f|%.e|%:e%%%n%0", "--no-newline", "tree"],
    terminator: "\0",
    directories: false,
  },
  {
    args: [...FORMAT, "-r", "--include", `f$|\\.tmp|d/$|${MARK}`, "tree"],
    directories: false,
  },
  {
    args: [...FORMAT, "-r", "--includei", `F$|\\.TMP|/E/|${MARK}`, "tree"],
    directories: false,
  },
  {
    args: [
      ...FORMAT,
      ...["-r", "-e", CHANGES, "--exclude", "\\.tmp|/skip", "tree"],
    ],
    directories: true,
  },
  {
    args: [...FORMAT, "-r", "-e", CHANGES, "tree", "@tree/skip"],
    directories: true,
  },
  {
    args: ["--csv", "-r", "-e", CHANGES, "--fromfile", "list"],
    list: "./tree\n\n@./tree/skip/\n@\n",
    directories: true,
  },
  {
    args: [
      ...["--csv", "-r", "-e", CHANGES],
      ...["--excludei", "/N[0-9]*$|/SKIP|/E", "tree"],
    ],
    directories: false,
  },
];

const hasPeer = hasTool("inotifywait", "the tests beside it");

const seeds = Number(Deno.env.get("DIFFERENTIAL_SEEDS") ?? 1);

for (const row of ROWS) {
  const line = row.args.join(" ");
  Deno.test({
    name: `\`cli.ts ${line}\` prints what inotifywait prints`,
    ignore: !hasPeer,
    fn: async () => {
      for (let seed = 1; seed <= seeds; seed++) await compare(row, seed);
    },
  });
}

/** Events about reading directories are left out, because the watcher causes some. */
const LISTING = /\b(OPEN|ACCESS|CLOSE_NOWRITE[,:]?(CLOSE)?)[,:]ISDIR\b/;

async function compare(row: Row, seed: number): Promise<void> {
  const { args, terminator = "\n" } = row;
  using directory = new TestDirectory();
  const marks = directory.directory("marks");
  const play = new FilePlay(directory.path, seed, row);
  const all = ["-m", ...args, "marks"];
  if (row.list) Deno.writeTextFileSync(directory.at("list"), row.list);
  const permissions = ["--allow-ffi", "--allow-read=list"];
  await using theirs = new Listener(["inotifywait", ...all], directory.path);
  await using ours = new Listener(
    commandLine(all, { permissions }),
    directory.path,
  );
  await theirs.until(() => theirs.stderr.includes("established"));
  await ours.until(() => ours.stderr.includes("Watching"));
  const done: string[] = [];
  let count = 0;

  /** Returns the lines of `listener` that are compared. */
  function linesOf({ stdout }: Listener): string[] {
    // Before the first mark, each may have reported the other one.
    const lines = stdout.split(terminator).slice(0, -1);
    const start = lines.findIndex((line) => line.includes(MARK));
    return lines.slice(start).filter((line) =>
      !line.includes(MARK) && !LISTING.test(line)
    );
  }

  async function mark(): Promise<void> {
    const name = `${MARK}${count++}.`;
    makeMark(`${marks}/${name}`);
    for (const listener of [theirs, ours]) {
      await listener.until(() => listener.stdout.includes(name));
    }
  }

  /** Waits until both have printed all changes. */
  async function settle(): Promise<void> {
    // At the second mark, everything before the first one was printed.
    for (let i = 0; i < 2; i++) await mark();
    // Half a move may be held back for a moment.
    const isSame = () =>
      linesOf(ours).join("\n") === linesOf(theirs).join("\n");
    await ours.until(isSame).catch(() => {});
    assertEquals(linesOf(ours), linesOf(theirs), `Seed ${seed}: ${done}`);
  }

  await settle();
  for (let i = 0; i < STEPS; i++) {
    done.push(play.step());
    await settle();
  }
  for (let i = 0; i < 2; i++) {
    done.push(play.finish());
    await settle();
    if (!done.at(-1)!.startsWith("unlink")) break;
  }
}

/** Causes events of every kind that is about an entry. */
function makeMark(path: string): void {
  Deno.writeTextFileSync(path, "text");
  Deno.chmodSync(path, 0o600);
  Deno.readTextFileSync(path);
  Deno.renameSync(path, `${path}2`);
  Deno.removeSync(`${path}2`);
}
