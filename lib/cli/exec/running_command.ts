/** The command of `--exec` while it runs. */

import type { Libc } from "../../kernel/libc.ts";
import { ProcessGroup } from "./process_group.ts";

/** A running command, in a process group of its own and without a shell. */
export class RunningCommand {
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
    { input, env, libc }: {
      input: string;
      env: Record<string, string>;
      libc: Libc;
    },
  ) {
    this.#child = new Deno.Command(executable, {
      args,
      env,
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
   * Sends `signal` to the command and the processes that it started, and SIGKILL
   * to those that still run after `grace` milliseconds.
   */
  terminate(grace: number, signal: number): void {
    this.#terminating ??= this.#group.terminate(grace, signal);
  }

  /** Sends a signal to the command and the processes that it started. */
  signal(signal: number): void {
    this.#group.signal(signal);
  }

  /** Sends SIGKILL to the command and the processes that it started. */
  kill(): void {
    this.#group.kill();
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
