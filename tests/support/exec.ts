/** Tests `--exec` with scripts of sh(1) as commands. */

import { assert, assertEquals } from "@std/assert";
import { Command } from "./command.ts";
import type { Outcome } from "./output.ts";
import { TestDirectory } from "./directory.ts";
import { runScript } from "./script.ts";
import { DEADLINE_MS } from "./until.ts";

/** Starts the command, which runs `script` when an entry is created in `directory`. */
export async function start(
  directory: TestDirectory,
  script: string,
  args: readonly string[] = [],
): Promise<Command> {
  const command = new Command(
    [...args, "-e", "create", directory.path, "-x", "--", "sh", "-c", script],
    { permissions: ["--allow-ffi", "--allow-run=sh"] },
  );
  assertEquals(await command.stderr.line(), "inotify: Watching 1 path");
  return command;
}

/** A gate at which scripts wait until it is opened, one at a time. */
export class Gate implements Disposable {
  readonly #directory = new TestDirectory();
  readonly #fifo = this.#directory.at("fifo");
  /** The command with which a script waits. */
  readonly script = `cat ${this.#fifo}`;

  constructor() {
    runScript("mkfifo fifo", this.#directory.path);
  }

  /** Opens the gate for the script that waits, or for the next one. */
  async open(): Promise<void> {
    // Opening the pipe blocks until a script waits, and would block Deno.
    const args = [`${DEADLINE_MS / 1000}`, "sh", "-c", ': > "$0"', this.#fifo];
    const { success } = await new Deno.Command("timeout", { args }).output();
    assert(success, "No script has come to the gate");
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}

/** Returns the names of the created entries, from the lines before `end`. */
export async function names(command: Command, end: string): Promise<string[]> {
  const lines = await command.stdout.linesUntil(end);
  return lines.slice(0, -1).map((line) =>
    JSON.parse(line).path.split("/").at(-1)
  );
}

/** Returns the next note that is not about the trigger of a run, without the time. */
export async function nextNote(command: Command): Promise<string> {
  let line: string;
  do line = await command.stderr.line(); while (line.includes(" changed: "));
  return withoutTime(line);
}

/** Returns all these notes. */
export function otherNotes(notes: string): string {
  return notes.replaceAll(/^inotify: \d+ changed: .*\n/gm, "")
    .replaceAll(/^.* after .*$/gm, withoutTime);
}

/** Returns a note on the end of a run without its time. */
export function withoutTime(note: string): string {
  return note.replace(/ after (?:\d+(?:ms|[dhms])(?: |$))+$/, "");
}

/** Returns the result of the command with these notes. */
export async function ended(command: Command): Promise<Outcome> {
  const outcome = await command.end();
  return { ...outcome, stderr: otherNotes(outcome.stderr) };
}
