/**
 * Runs the command in the process of the test. It starts at once, and the
 * sanitizers find what it leaves open. Use it in a test that needs no permissions,
 * no signals that kill, and no descriptors.
 */

// A library that the command loads on first use stays loaded. The sanitizers would
// blame the test that loads it.
import "../../lib/cli/exec/process_group.ts";
import "../../lib/cli/inotifywait/strftime.ts";
import "../../lib/kernel/file_system.ts";
import { main } from "../../lib/cli/main.ts";
import { shellStatus } from "../../lib/cli/signals.ts";
import type { StandardStreams } from "../../lib/cli/stdio.ts";
import { type Outcome, Output } from "./output.ts";
import { until, withDeadline } from "./until.ts";

/** The standard streams of the command. */
export interface LocalCommandOptions {
  /** The text on standard input. */
  stdin?: string;
  /** Whether all three are a terminal with 80 columns and 24 rows. */
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

/** A running command, which ends when it is disposed of. */
export class LocalCommand implements AsyncDisposable {
  // The streams belong to the module, so two commands would share them.
  static #isRunning = false;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly #status: Promise<number>;
  #hasEnded = false;
  #received = Promise.withResolvers<void>();
  // These listeners keep signals from killing this process, and are called after
  // those of the command.
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

  /** Starts the command with `--json`, and reads the line that says it is ready. */
  static async ready(
    args: readonly string[],
    options?: LocalCommandOptions,
  ): Promise<LocalCommand> {
    const command = new LocalCommand(["--json", ...args], options);
    await command.stdout.line();
    return command;
  }

  /** Sends a signal to this process; resolves when the command has got it. */
  async kill(signal: typeof SIGNALS[number]): Promise<void> {
    this.#received = Promise.withResolvers();
    Deno.kill(Deno.pid, signal);
    await withDeadline(this.#received.promise, signal);
  }

  /** Waits for its end; returns its status and the output that was not read yet. */
  async end(): Promise<Outcome> {
    const code = await withDeadline(this.#status, "the end of the command");
    const stdout = await this.stdout.rest();
    return { code, stdout, stderr: await this.stderr.rest() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // At its start, the command does not listen for signals yet.
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

/** Passes everything that is written to one reader. */
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
