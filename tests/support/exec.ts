/** `--exec`, with commands that are scripts of sh(1). */

import { assertEquals } from "@std/assert";
import { Command } from "./command.ts";
import { TestDirectory } from "./directory.ts";
import { runScript } from "./script.ts";

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
  assertEquals(await command.stderr.line(), "Watching 1 path");
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

  async open(): Promise<void> {
    const fifo = await Deno.open(this.#fifo, { write: true });
    fifo.close();
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
