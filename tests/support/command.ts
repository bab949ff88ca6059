/** Runs the command, or another program, in a process of its own. */

import { type Outcome, Output } from "./output.ts";
import { isWaiting, statFields } from "./process.ts";
import { DEADLINE_MS, until } from "./until.ts";
import { projectPath } from "./project.ts";

export interface CommandOptions {
  /** The flags for Deno; by default the one that the command needs. */
  permissions?: readonly string[];
  /** A command that runs its arguments as a command. */
  within?: readonly string[];
  /** The program to run instead of `cli.ts`, by its path in the checkout. */
  program?: string;
  /** Variables to set or, as `""`, to switch off. */
  env?: Record<string, string>;
}

/** Returns the command line that runs the program with `args`. */
export function commandLine(
  args: readonly string[],
  {
    permissions = ["--allow-ffi"],
    within = [],
    program = "cli.ts",
  }: CommandOptions = {},
): [string, ...string[]] {
  const path = projectPath(program);
  const deno = [Deno.execPath(), "run", "--no-prompt", ...permissions];
  return [...within, ...deno, path, ...args] as [string, ...string[]];
}

/** Runs the command to its end. */
export async function runCommand(
  args: readonly string[],
  options?: CommandOptions,
): Promise<Outcome> {
  await using command = new Command(args, options);
  return await command.end();
}

/** A running command, which is killed when it is disposed of. */
export class Command implements AsyncDisposable {
  readonly stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly #child: Deno.ChildProcess;
  readonly #deadline: ReturnType<typeof setTimeout>;

  constructor(args: readonly string[], options: CommandOptions = {}) {
    const [executable, ...rest] = commandLine(args, options);
    this.#child = new Deno.Command(executable, {
      args: rest,
      env: { NO_COLOR: "1", ...options.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.stdin = this.#child.stdin.getWriter();
    this.stdout = new Output(this.#child.stdout);
    this.stderr = new Output(this.#child.stderr);
    this.#deadline = setTimeout(() => this.#giveUp(), DEADLINE_MS);
  }

  /** Starts the command with `--json`, and reads the line that says it is ready. */
  static async ready(
    args: readonly string[],
    options?: CommandOptions,
  ): Promise<Command> {
    const command = new Command(["--json", ...args], options);
    await command.stdout.line();
    return command;
  }

  /** The process ID of the command, or of the command that runs it. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal, unless the process has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Kills it; processes that it started may keep its streams open. */
  #giveUp(): void {
    this.kill("SIGKILL");
    this.stdout.close();
    this.stderr.close();
  }

  /** Stops the process until {@linkcode resume}. */
  async pause(): Promise<void> {
    this.kill("SIGSTOP");
    await until(() => statFields(this.pid)[0] === "T");
  }

  resume(): void {
    this.kill("SIGCONT");
  }

  /** Resolves when the process waits for events. */
  async watching(): Promise<void> {
    try {
      await until(() => isWaiting(this.pid));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const { code, stderr } = await this.end();
      throw new Error(`It ended with ${code} instead of watching: ${stderr}`);
    }
  }

  /** Resolves when the process has ended. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Waits for its end; returns its status and the output that was not read yet. */
  async end(): Promise<Outcome> {
    const [{ code }, stdout, stderr] = await Promise.all([
      this.status,
      this.stdout.rest(),
      this.stderr.rest(),
    ]);
    return { code, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#deadline);
    this.kill("SIGKILL");
    await Promise.all([
      this.status,
      this.stdin.close().catch(() => {}),
      this.stdout.close(),
      this.stderr.close(),
    ]);
  }
}
