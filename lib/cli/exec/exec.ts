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
import { RunningCommand } from "./running_command.ts";
import { describeEnd, describeTrigger, pathsOf } from "./run_notes.ts";
import { onInterrupts } from "../signals.ts";
import { RunRequests } from "./run_requests.ts";
import type { ExitStatus, Reason, Sink, Source } from "../source.ts";

/** After how long a note says for which process the command waits, in milliseconds. */
const NOTE_DELAY_MS = 1000;

/** The argument that stands for the changed paths. */
const PATHS = "{}";

/** `MAX_ARG_STRLEN` without the name of the variable. */
const MAX_VARIABLE_BYTES = 131_072 - 32;

const SIGTERM = 15;
const SIGCONT = 18;
const SIGSTOP = 19;

const CLEAR_SCREEN = "\x1b[2J\x1b[H";

/** The exit status of a command that SIGINT ended. */
const INTERRUPTED = 130;

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
  const requests = new RunRequests();
  await using exec = new Exec(options.rest, {
    ...options,
    notes,
    // After a list of paths, standard input is at its end.
    ...options.fromfile !== "-" && { requests },
  });
  return await run(
    (signal) =>
      openExecSource(options, { types, notes, warn, requests, signal }),
    exec,
    { ...context, writesStdout: false, survivesSignals: true },
  );
}

/** The events of one run. */
export type Batch = readonly WatchEvent[];

/** How an {@linkcode Exec} runs its command. */
export interface ExecOptions
  extends
    Pick<Options, "onBusy" | "clear" | "count" | "signal" | "grace" | "stdin"> {
  /** Called with notes on what triggered a run, and how it ended. */
  readonly notes: (text: string) => void;
  /** Gets the requests of the key Enter. If it is missing, no keys are read. */
  readonly requests?: RunRequests;
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
  #running: RunningCommand | undefined;
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
    assertIsNoLine(this.#command);
    requirePermission("run", this.#command[0]);
    this.#libc = this.#resources.use(Libc.acquire());
    this.#resources.use(onInterrupts(() => this.#interrupt()));
  }

  async begin(
    _source: Source<Batch>,
    end: (reason: Reason) => void,
  ): Promise<void> {
    const { stdin, requests, notes } = this.#options;
    if (stdin || !requests || !streams.stdin.isTerminal()) return;
    const { hasKeyboard, Keys } = await import("./keys.ts");
    if (!hasKeyboard()) return;
    const help = `Keys: Enter runs ${this.#command[0]}, q quits, ? says this`;
    this.#resources.use(
      new Keys({
        run: () => requests.add(),
        end: () => {
          this.#interrupt();
          end({ status: 0 });
        },
        help: () => notes(help),
        stop: () => this.#running?.signal(SIGSTOP),
        resume: () => this.#running?.signal(SIGCONT),
      }),
    );
    notes(help);
  }

  async take(batches: readonly Batch[]): Promise<void> {
    const { onBusy, clear, notes, signal } = this.#options;
    for (const batch of batches) {
      const trigger = batch.length > 0 ? describeTrigger(batch) : undefined;
      if (onBusy === "signal" && this.#running) {
        if (trigger) notes(trigger);
        this.#running.signal(signal);
        continue;
      }
      // A command still runs only with `--on-busy restart`.
      this.#terminate();
      await this.#ending;
      if (clear && streams.stdout.isTerminal()) await print(CLEAR_SCREEN);
      if (this.#isInterrupted) return;
      if (trigger) notes(trigger);
      this.#start(batch);
      if (onBusy !== "restart" && onBusy !== "signal") await this.#ending;
    }
  }

  /** Returns the status of the last run, if `--count` was reached. */
  async end(): Promise<number | undefined> {
    const { count, onBusy } = this.#options;
    const isEnough = this.#runs === count;
    // Such a command is a server, which does not end by itself.
    const isServer = onBusy === "restart" || onBusy === "signal";
    if (isServer && !isEnough) this.#terminate();
    await this.#ending;
    return isEnough && !this.#isInterrupted ? this.#status : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#terminate();
    await this.#ending;
    this.#resources.dispose();
  }

  #start(batch: Batch): void {
    this.#runs++;
    const begin = performance.now();
    try {
      this.#running = new RunningCommand(this.#commandFor(batch), {
        input: this.#options.stdin
          ? undefined
          : formatJson(batch, new Date(), { terminator: "\n" }),
        env: environmentFor(batch),
        libc: this.#libc,
      });
      this.#ending = this.#finish(this.#running, begin);
    } catch (error) {
      // The program may exist again for the next run, if it is being built.
      if (error instanceof Deno.errors.NotCapable) throw error;
      note((error as Error).message);
      this.#status = error instanceof Deno.errors.NotFound
        ? NOT_FOUND
        : NOT_RUNNABLE;
    }
  }

  /** Returns the command with the changed paths instead of `{}`. */
  #commandFor(batch: Batch): [string, ...string[]] {
    const [name, ...args] = this.#command;
    if (!args.includes(PATHS)) return [name, ...args];
    const paths = pathsOf(batch);
    const [passed, others] = [paths.filter(isText), paths.filter(isNoText)];
    for (const path of others) {
      note(`Cannot pass '${path}' as an argument: it is not UTF-8`);
    }
    return [name, ...args.flatMap((arg) => arg === PATHS ? passed : arg)];
  }

  async #finish(run: RunningCommand, begin: number): Promise<void> {
    const { code } = await run.status;
    // Ctrl-C may end the command before this process handles its own SIGINT. What
    // the command started in the background ignores it.
    if (this.#options.stdin && code === INTERRUPTED) this.#terminate();
    const status = await run.end();
    this.#running = undefined;
    this.#status = status.code;
    const end = describeEnd(status, performance.now() - begin);
    this.#options.notes(`${this.#command[0]}: ${end}`);
  }

  #terminate(): void {
    const { grace, signal, onBusy } = this.#options;
    this.#running?.terminate(grace, onBusy === "signal" ? SIGTERM : signal);
  }

  /** Ends the command; a second signal kills it. */
  #interrupt(): void {
    const running = this.#running;
    if (this.#isInterrupted) running?.kill();
    else if (running) {
      this.#terminate();
      const timer = setTimeout(() => {
        this.#options.notes(
          `Waiting for ${this.#command[0]} (process ${running.pid}) to end, ` +
            `for ${
              this.#options.grace / 1000
            } seconds; a second signal kills it`,
        );
      }, NOTE_DELAY_MS);
      this.#ending?.finally(() => clearTimeout(timer));
    }
    this.#isInterrupted = true;
  }
}

/** Returns whether `path` is UTF-8: Deno cannot pass other bytes as an argument. */
function isText(path: string): boolean {
  return path.isWellFormed();
}

function isNoText(path: string): boolean {
  return !isText(path);
}

/** Returns the value of `INOTIFY_PATHS`: the changed paths, one on each line. */
function environmentFor(batch: Batch): Record<string, string> {
  const text = pathsOf(batch).filter(isText).join("\n");
  // The kernel rejects a longer variable: execve(2). Standard input has all paths.
  const fits = new TextEncoder().encode(text).length < MAX_VARIABLE_BYTES;
  return { INOTIFY_PATHS: fits ? text : "" };
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
