/**
 * The command in the process of the test: it starts at once, and what it leaves
 * open, the sanitizers find. Wherever a test needs neither permissions, signals
 * that kill nor descriptors, this is the one to use.
 */

// What the command loads when it first needs it stays loaded, and so counts as
// left open by the test that it is loaded in.
import "../../lib/cli/exec/process_group.ts";
import "../../lib/cli/inotifywait/strftime.ts";
import "../../lib/kernel/file_system.ts";
import { main } from "../../lib/cli/main.ts";
import { shellStatus } from "../../lib/cli/signals.ts";
import type { StandardStreams } from "../../lib/cli/stdio.ts";
import { type Outcome, Output } from "./output.ts";
import { until, withDeadline } from "./until.ts";

/** What it finds at its standard streams. */
export interface LocalCommandOptions {
  /** What it can read from standard input. */
  stdin?: string;
  /** Whether all three are a terminal, of 80 columns and 24 rows. */
  isTerminal?: boolean;
}

/** Runs the command to its end. */
export async function runLocally(
  args: readonly string[],
  options?: LocalCommandOptions,
): Promise<Outcome> {
  await using command = new LocalCommand(args, options);
  return await command.end();
}

const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/** The command while it runs; it is ended when it is disposed of. */
export class LocalCommand implements AsyncDisposable {
  // Its streams are the module's: a second one would write to the first.
  static #isRunning = false;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly #status: Promise<number>;
  #hasEnded = false;
  #received = Promise.withResolvers<void>();
  // So that none of them kills this process, and to know when the listeners of
  // the command have been called.
  readonly #receive = () => this.#received.resolve();

  constructor(args: readonly string[], options: LocalCommandOptions = {}) {
    if (LocalCommand.#isRunning) throw new Error("One of them runs already");
    LocalCommand.#isRunning = true;
    const [stdout, stderr] = [new Pipe(), new Pipe()];
    this.stdout = new Output(stdout.readable);
    this.stderr = new Output(stderr.readable);
    for (const signal of SIGNALS) {
      Deno.addSignalListener(signal, this.#receive);
    }
    const streams = streamsOf(stdout, stderr, options);
    this.#status = main(args, streams).then(shellStatus).finally(() => {
      this.#hasEnded = true;
      stdout.close();
      stderr.close();
    });
  }

  /** The command once it watches, with `--json`: its first line is taken. */
  static async ready(
    args: readonly string[],
    options?: LocalCommandOptions,
  ): Promise<LocalCommand> {
    const command = new LocalCommand(["--json", ...args], options);
    await command.stdout.line();
    return command;
  }

  /** Sends a signal to this process; resolves when the command knows of it. */
  async kill(signal: typeof SIGNALS[number]): Promise<void> {
    this.#received = Promise.withResolvers();
    Deno.kill(Deno.pid, signal);
    await withDeadline(this.#received.promise, signal);
  }

  /** What it did until its end, but for the lines that were taken before. */
  async end(): Promise<Outcome> {
    const code = await withDeadline(this.#status, "the end of the command");
    const stdout = await this.stdout.rest();
    return { code, stdout, stderr: await this.stderr.rest() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // A command that has just begun does not listen for signals yet.
      await until(async () => {
        if (!this.#hasEnded) await this.kill("SIGTERM");
        return this.#hasEnded;
      });
    } finally {
      for (const signal of SIGNALS) {
        Deno.removeSignalListener(signal, this.#receive);
      }
      LocalCommand.#isRunning = false;
    }
  }
}

/** Takes all that is written, and gives it to one reader. */
class Pipe {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => this.#controller = controller,
      cancel: () => this.#controller = undefined,
    });
  }

  writeSync(bytes: Uint8Array): number {
    if (!this.#controller) throw new Deno.errors.BrokenPipe("Broken pipe");
    this.#controller.enqueue(bytes.slice());
    return bytes.length;
  }

  close(): void {
    this.#controller?.close();
  }
}

function streamsOf(
  stdout: Pipe,
  stderr: Pipe,
  { stdin = "", isTerminal: isOne = false }: LocalCommandOptions,
): StandardStreams {
  const isTerminal = () => isOne;
  return {
    stdin: {
      isTerminal,
      readable: new Blob([stdin]).stream(),
      setRaw() {},
    },
    stdout: {
      isTerminal,
      write: (bytes) => Promise.resolve().then(() => stdout.writeSync(bytes)),
      writeSync: (bytes) => stdout.writeSync(bytes),
    },
    stderr: { isTerminal, writeSync: (bytes) => stderr.writeSync(bytes) },
    consoleSize: () => ({ columns: 80, rows: 24 }),
  };
}
