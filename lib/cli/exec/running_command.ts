/** The command of `--exec` while it runs. */

import type { Libc } from "../../kernel/libc.ts";
import { type Processes, ProcessGroup, ProcessTree } from "./process_group.ts";

/** A running command, without a shell. */
export class RunningCommand {
  readonly #child: Deno.ChildProcess;
  readonly #processes: Processes;
  readonly #ended = new AbortController();
  #terminating: Promise<void> | undefined;

  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Starts `command`, which can read `input` from its standard input; without
   * `input`, it has standard input and the terminal of this process.
   */
  constructor(
    [executable, ...args]: readonly [string, ...string[]],
    { input, env, libc }: {
      input: string | undefined;
      env: Record<string, string>;
      libc: Libc;
    },
  ) {
    const isShared = input === undefined;
    const tree = isShared ? new ProcessTree(libc) : undefined;
    this.#child = new Deno.Command(executable, {
      args,
      env,
      stdin: isShared ? "inherit" : "piped",
      // In a session of its own, it could not read from the terminal.
      detached: !isShared,
    }).spawn();
    const { pid } = this.#child;
    if (tree) tree.root = pid;
    this.#processes = tree ?? new ProcessGroup(pid, libc);
    if (input !== undefined) feed(this.#child.stdin, input, this.#ended.signal);
  }

  /** Resolves when the command has ended, whatever it started. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
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
   * Sends `signal` to the command and the processes that it started, and SIGKILL
   * to those that still run after `grace` milliseconds.
   */
  terminate(grace: number, signal: number): void {
    this.#terminating ??= this.#processes.terminate(grace, signal);
  }

  /** Sends a signal to the command and the processes that it started. */
  signal(signal: number): void {
    this.#processes.signal(signal);
  }

  /** Sends SIGKILL to the command and the processes that it started. */
  kill(): void {
    this.#processes.kill();
  }
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
