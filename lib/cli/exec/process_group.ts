/** Ends a command together with the processes that it started. */

import { namesIn } from "../../kernel/directory.ts";
import { readText } from "../../kernel/procfs.ts";
import { type Libc, loadSymbols } from "../../kernel/libc.ts";

const SIGKILL = 9;
const SIGTERM = 15;

/** The shortest and longest interval of polling, in milliseconds. */
const SHORTEST = 5;
const MAX_POLL_MS = 100;

// Never closed, because it is needed until the end of the program.
const { kill } = loadSymbols({
  /** `int kill(pid_t pid, int signal)` */
  kill: { parameters: ["i32", "i32"], result: "i32" },
}).symbols;

/** The process group that a process leads. */
export class ProcessGroup {
  readonly #leader: number;
  readonly #libc: Libc;

  constructor(leader: number, libc: Libc) {
    this.#leader = leader;
    this.#libc = libc;
  }

  /**
   * Sends `signal`, and after `grace` milliseconds SIGKILL to the processes that
   * still run. Resolves when none runs, or after SIGKILL.
   */
  async terminate(grace: number, signal = SIGTERM): Promise<void> {
    const due = performance.now() + grace;
    this.signal(signal);
    // Polls, because no event reports the end of processes that are not children.
    let interval = SHORTEST;
    while (this.#isAlive()) {
      const left = due - performance.now();
      if (left <= 0) return this.kill();
      const delay = Math.min(interval, left);
      await new Promise((resolve) => setTimeout(resolve, delay));
      interval = Math.min(2 * interval, MAX_POLL_MS);
    }
  }

  /** Sends SIGKILL. */
  kill(): void {
    this.signal(SIGKILL);
  }

  /** Sends a signal; returns whether there is a process to get it. */
  signal(signal: number): boolean {
    // `Deno.kill()` needs the permission to run anything.
    return kill(-this.#leader, signal) === 0;
  }

  #isAlive(): boolean {
    if (!this.signal(0)) return false;
    // A process that has ended stays in the group until its parent has read its
    // status. The first process of a container may never do that.
    try {
      return namesIn("/proc", this.#libc).some((name) =>
        /^\d+$/.test(name) && this.#isLiving(name)
      );
    } catch {
      return true;
    }
  }

  /** Returns whether a process is of the group and has not ended. */
  #isLiving(process: string): boolean {
    try {
      const stat = readText(`/proc/${process}/stat`, this.#libc);
      const [, state, group] = /.*\) (\S) \d+ (\d+)/s.exec(stat)!;
      return Number(group) === this.#leader && !/[XZ]/.test(state!);
    } catch {
      return false;
    }
  }
}
