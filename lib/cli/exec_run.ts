/** One run of the command of `--exec`. */

import type { Libc } from "../libc.ts";
import { ProcessGroup } from "./process_group.ts";

/**
 * A command that was started, in a process group of its own and without a
 * shell.
 */
export class Run {
  readonly #child: Deno.ChildProcess;
  readonly #group: ProcessGroup;
  #terminating: Promise<void> | undefined;

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
    feed(this.#child.stdin, input);
  }

  /**
   * Its status, once it has ended; if that was by {@linkcode terminate}, with
   * all that it had started.
   */
  async end(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    await this.#terminating;
    return status;
  }

  /**
   * Sends SIGTERM to it and all that it has started, and SIGKILL to what is
   * left of that after `grace` milliseconds.
   */
  terminate(grace: number): void {
    this.#terminating ??= this.#group.terminate(grace);
  }

  /** Sends SIGKILL to the same. */
  kill(): void {
    this.#group.kill();
  }
}

async function feed(stdin: WritableStream, input: string): Promise<void> {
  try {
    await new Blob([input]).stream().pipeTo(stdin);
  } catch {
    // It need not read, or not to the end.
  }
}
