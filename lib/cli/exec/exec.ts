/** `--exec`: runs a command after changes. */

import { Libc } from "../../kernel/libc.ts";
import { identityAt } from "../../kernel/stat.ts";
import type { WatchEvent } from "../../tree/watch_event.ts";
import type { Context } from "../context.ts";
import { typesOf } from "../arguments/event_names.ts";
import { openExecSource } from "./exec_source.ts";
import { run } from "../run.ts";
import { formatJson } from "../print/format.ts";
import type { Options } from "../arguments/options.ts";
import { note, print, streams } from "../stdio.ts";
import { UsageError } from "../arguments/tokens.ts";
import { requirePermission } from "../arguments/permission.ts";
import { ProcessGroup } from "./process_group.ts";
import { onInterrupts } from "../signals.ts";
import type { ExitStatus, Sink } from "../source.ts";

/** The time between SIGTERM and SIGKILL, in milliseconds. */
const GRACE = 5000;

/** After how long a note says what the end waits for, in milliseconds. */
const PATIENCE_MS = 300;

const CLEAR_SCREEN = "\x1b[2J\x1b[H";

// The exit statuses of a shell for a command that it cannot find or run.
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** Runs the command for the events; returns the exit status. */
export async function runCommand(
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  const types = typesOf(options.events);
  const { notes, warn } = context;
  await using exec = new Exec(options.rest, { ...options, notes });
  return await run(
    (signal) => openExecSource(options, { types, notes, warn, signal }),
    exec,
    { ...context, writesStdout: false, survivesSignals: true },
  );
}

/** The events of one run. */
export type Batch = readonly WatchEvent[];

/** How an {@linkcode Exec} runs its command. */
export interface ExecOptions
  extends Pick<Options, "onBusy" | "clear" | "count"> {
  /** Called with a note about the end of each run. */
  readonly notes: (text: string) => void;
  /**
   * How long the command has between SIGTERM and SIGKILL, in milliseconds.
   *
   * @default {5000}
   */
  readonly grace?: number;
}

/**
 * Runs a command for each batch of events, which the command gets as JSON lines.
 *
 * One command runs at a time. `take()` resolves when the run has ended or, with
 * `--on-busy restart`, when it has begun.
 */
export class Exec implements Sink<Batch>, AsyncDisposable {
  readonly #command: readonly [string, ...string[]];
  readonly #options: ExecOptions;
  readonly #resources = new DisposableStack();
  readonly #libc: Libc;
  readonly #grace: number;
  #running: Run | undefined;
  /** Resolves when the running command has ended. */
  #ending: Promise<void> | undefined;
  #isInterrupted = false;
  #runs = 0;
  #status = 0;

  /**
   * Prepares to run `command`.
   *
   * @throws {Deno.errors.NotCapable} If the permission to run it is missing.
   */
  constructor(command: readonly string[], options: ExecOptions) {
    this.#command = command as [string, ...string[]];
    this.#options = options;
    this.#grace = options.grace ?? GRACE;
    assertIsNoLine(this.#command);
    requirePermission("run", this.#command[0]);
    this.#libc = this.#resources.use(Libc.acquire());
    this.#resources.use(onInterrupts(() => this.#interrupt()));
  }

  async take(batches: readonly Batch[]): Promise<void> {
    const { onBusy, clear } = this.#options;
    for (const batch of batches) {
      // A command still runs only with `--on-busy restart`.
      this.#running?.terminate(this.#grace);
      await this.#ending;
      if (clear && streams.stdout.isTerminal()) await print(CLEAR_SCREEN);
      if (this.#isInterrupted) return;
      this.#start(batch);
      if (onBusy !== "restart") await this.#ending;
    }
  }

  /** Returns the status of the last run, if `--count` was reached. */
  async end(): Promise<number | undefined> {
    await this.#ending;
    const isEnough = this.#runs === this.#options.count;
    return isEnough && !this.#isInterrupted ? this.#status : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running?.terminate(this.#grace);
    await this.#ending;
    this.#resources.dispose();
  }

  #start(batch: Batch): void {
    const input = formatJson(batch, new Date(), { terminator: "\n" });
    this.#runs++;
    try {
      this.#running = new Run(this.#command, { input, libc: this.#libc });
      this.#ending = this.#finish(this.#running);
    } catch (error) {
      // The program may exist again for the next run, if it is being built.
      if (error instanceof Deno.errors.NotCapable) throw error;
      note((error as Error).message);
      this.#status = error instanceof Deno.errors.NotFound
        ? NOT_FOUND
        : NOT_RUNNABLE;
    }
  }

  async #finish(run: Run): Promise<void> {
    const { code, signal } = await run.end();
    this.#running = undefined;
    this.#status = code;
    const end = signal ? `killed by ${signal}` : `exit status ${code}`;
    this.#options.notes(`${this.#command[0]}: ${end}`);
  }

  /** Ends the command; a second signal kills it. */
  #interrupt(): void {
    const running = this.#running;
    if (this.#isInterrupted) running?.kill();
    else if (running) {
      running.terminate(this.#grace);
      const timer = setTimeout(() => {
        this.#options.notes(
          `Waiting for ${this.#command[0]} (process ${running.pid}) to end, ` +
            `for ${this.#grace / 1000} seconds; a second signal kills it`,
        );
      }, PATIENCE_MS);
      this.#ending?.finally(() => clearTimeout(timer));
    }
    this.#isInterrupted = true;
  }
}

/**
 * A running command, in a process group of its own and without a shell.
 */
class Run {
  readonly #child: Deno.ChildProcess;
  readonly #group: ProcessGroup;
  readonly #ended = new AbortController();
  #terminating: Promise<void> | undefined;

  get pid(): number {
    return this.#child.pid;
  }

  /** Starts `command`, which can read `input` from its standard input. */
  constructor(
    [executable, ...args]: readonly [string, ...string[]],
    { input, libc }: { input: string; libc: Libc },
  ) {
    this.#child = new Deno.Command(executable, {
      args,
      stdin: "piped",
      detached: true,
    }).spawn();
    this.#group = new ProcessGroup(this.#child.pid, libc);
    feed(this.#child.stdin, input, this.#ended.signal);
  }

  /**
   * Resolves to the status when the command has ended. After
   * {@linkcode terminate}, the processes that it started have ended as well.
   */
  async end(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    this.#ended.abort();
    await this.#terminating;
    return status;
  }

  /**
   * Sends SIGTERM to the command and the processes that it started, and SIGKILL to
   * those that still run after `grace` milliseconds.
   */
  terminate(grace: number): void {
    this.#terminating ??= this.#group.terminate(grace);
  }

  /** Sends SIGKILL to the command and the processes that it started. */
  kill(): void {
    this.#group.kill();
  }
}

/**
 * Rejects a command line in one argument, because no shell splits it.
 *
 * @throws {UsageError} The message says how to run a command line.
 */
function assertIsNoLine(
  [name, ...args]: readonly [string, ...string[]],
): void {
  if (args.length > 0 || !/[\s|&;<>$`*]/.test(name)) return;
  using libc = Libc.acquire();
  if (identityAt(name, libc) !== undefined) return;
  throw new UsageError(
    `Cannot run "${name}": there is no such program; ` +
      `for a command line, run a shell: -x … -- sh -c '${name}'`,
  );
}

/**
 * Writes `input` until `signal` is aborted. A background process may keep the pipe
 * open without reading: a write then blocks as long as that process runs, or until
 * this process ends.
 */
async function feed(
  stdin: WritableStream,
  input: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await new Blob([input]).stream().pipeTo(stdin, { signal });
  } catch {
    // The command does not have to read its input.
  }
}
