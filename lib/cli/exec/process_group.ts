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
const { kill, getpgrp } = loadSymbols({
  /** `int kill(pid_t pid, int signal)` */
  kill: { parameters: ["i32", "i32"], result: "i32" },
  /** `pid_t getpgrp(void)` */
  getpgrp: { parameters: [], result: "i32" },
}).symbols;

/** A command and the processes that it started. */
export abstract class Processes {
  readonly #libc: Libc;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Sends a signal; returns whether there is a process to get it. */
  abstract signal(signal: number): boolean;

  /** Returns whether one of them has not ended. */
  protected abstract isAlive(): boolean;

  /**
   * Sends `signal`, and after `grace` milliseconds SIGKILL to the processes that
   * still run. Resolves when none runs, or after SIGKILL.
   */
  async terminate(grace: number, signal = SIGTERM): Promise<void> {
    const due = performance.now() + grace;
    this.signal(signal);
    // Polls, because no event reports the end of processes that are not children.
    let interval = SHORTEST;
    while (this.isAlive()) {
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

  /** Returns the processes that have not ended. */
  protected living(): ProcessStat[] {
    return namesIn("/proc", this.#libc).flatMap((name) =>
      /^\d+$/.test(name) ? this.#statOf(name) ?? [] : []
    );
  }

  #statOf(name: string): ProcessStat | undefined {
    try {
      const stat = readText(`/proc/${name}/stat`, this.#libc);
      const [, state, parent, group] = /.*\) (\S) (\d+) (\d+)/s.exec(stat)!;
      if (/[XZ]/.test(state!)) return undefined;
      const [pid, started] = [Number(name), stat.split(" ").at(STARTED)!];
      return { pid, parent: Number(parent), group: Number(group), started };
    } catch {
      return undefined;
    }
  }
}

/** A process, of proc_pid_stat(5). */
interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** When it started. This tells it from a later process with the same ID. */
  readonly started: string;
}

/** The index of `starttime`, from the end of 52 fields: a name may have spaces. */
const STARTED = 21 - 52;

/** The process group that a process leads. */
export class ProcessGroup extends Processes {
  readonly #leader: number;

  constructor(leader: number, libc: Libc) {
    super(libc);
    this.#leader = leader;
  }

  signal(signal: number): boolean {
    // `Deno.kill()` needs the permission to run anything.
    return kill(-this.#leader, signal) === 0;
  }

  protected isAlive(): boolean {
    if (!this.signal(0)) return false;
    // A process that has ended stays in the group until its parent has read its
    // status. The first process of a container may never do that.
    try {
      return this.living().some(({ group }) => group === this.#leader);
    } catch {
      return true;
    }
  }
}

/**
 * A command that shares the process group of this process, and so its terminal. Its
 * processes are its descendants and the newer members of the group: a process stays
 * in the group when its parent has ended.
 */
export class ProcessTree extends Processes {
  readonly #others: ReadonlySet<number>;
  /** When each member started. */
  readonly #members = new Map<number, string>();
  #root: number | undefined;

  /** Records the members of the group before the command starts. */
  constructor(libc: Libc) {
    super(libc);
    const processes = this.#living();
    this.#others = new Set(processes.map(({ pid }) => pid));
  }

  /** Called when the command was started. */
  set root(pid: number) {
    this.#root = pid;
  }

  signal(signal: number): boolean {
    const members = this.#find();
    for (const pid of members) kill(pid, signal);
    return members.length > 0;
  }

  protected isAlive(): boolean {
    return this.#find().length > 0;
  }

  #find(): number[] {
    const processes = this.#living();
    const group = getpgrp();
    const isMember = (process: ProcessStat) =>
      process.pid === this.#root || this.#members.has(process.parent) ||
      this.#members.get(process.pid) === process.started ||
      process.group === group && !this.#others.has(process.pid);
    // A child may be listed before its parent.
    for (let count = -1; count !== this.#members.size;) {
      count = this.#members.size;
      for (const process of processes) {
        if (isMember(process)) this.#members.set(process.pid, process.started);
      }
    }
    const pids = processes.filter(isMember).map(({ pid }) => pid);
    const root = this.#root;
    if (processes.length > 0 || root === undefined) return pids;
    return kill(root, 0) === 0 ? [root] : [];
  }

  /** Without /proc, only the command itself is known. */
  #living(): ProcessStat[] {
    try {
      return this.living();
    } catch {
      return [];
    }
  }
}
