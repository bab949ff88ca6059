/** `--exec`, with commands that are scripts of sh(1). */

import { assert, assertEquals } from "@std/assert";
import { Command } from "./command.ts";
import { TestDirectory } from "./directory.ts";
import { runScript } from "./script.ts";
import { DEADLINE_MS } from "./until.ts";

/** Runs `script` when something was created in `directory`. */
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

/** Holds up scripts until it lets them go, one at a time. */
export class Gate implements Disposable {
  readonly #directory = new TestDirectory();
  readonly #fifo = this.#directory.at("fifo");
  /** What a script waits with. */
  readonly script = `cat ${this.#fifo}`;

  constructor() {
    runScript("mkfifo fifo", this.#directory.path);
  }

  /** Lets the script go that waits, or the one that is the next to wait. */
  async open(): Promise<void> {
    // What opens it waits for the script, and a thread of Deno might for ever.
    const args = [`${DEADLINE_MS / 1000}`, "sh", "-c", ': > "$0"', this.#fifo];
    const { success } = await new Deno.Command("timeout", { args }).output();
    assert(success, "No script has come to the gate");
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}

/** The names of what was created, as the lines have them before `end`. */
export async function names(command: Command, end: string): Promise<string[]> {
  const lines = await command.stdout.linesUntil(end);
  return lines.slice(0, -1).map((line) =>
    JSON.parse(line).path.split("/").at(-1)
  );
}
