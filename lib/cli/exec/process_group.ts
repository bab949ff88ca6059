/** A command with all that it has started. */

import { namesIn } from "../../kernel/directory.ts";
import { readText } from "../../kernel/procfs.ts";
import { type Libc, loadSymbols } from "../../kernel/libc.ts";

const SIGKILL = 9;
const SIGTERM = 15;

/** How often to look whether it is gone, at first and later, in milliseconds. */
const SHORTEST = 5;
const MAX_POLL_MS = 100;

// For as long as the command runs.
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
   * Sends SIGTERM and, to what is left after `grace` milliseconds, SIGKILL.
   * Resolves when nothing is left, or then.
   */
  async terminate(grace: number): Promise<void> {
    const due = performance.now() + grace;
    this.#signal(SIGTERM);
    // Of the end of processes that are no children nothing is heard.
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
    this.#signal(SIGKILL);
  }

  // `Deno.kill()` wants the permission to run anything.
  #signal(signal: number): boolean {
    return kill(-this.#leader, signal) === 0;
  }

  #isAlive(): boolean {
    if (!this.#signal(0)) return false;
    // What has ended is in the group for as long as its parent does not want to
    // know how, and the first process of a container may never do.
    try {
      return namesIn("/proc", this.#libc).some((name) =>
        /^\d+$/.test(name) && this.#isLiving(name)
      );
    } catch {
      return true;
    }
  }

  /** Whether a process is of the group, and has not ended. */
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
