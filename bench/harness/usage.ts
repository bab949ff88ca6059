/** Reads the resource usage of processes from the kernel. */

import { libraryNames } from "../../lib/kernel/libc.ts";

const RUSAGE_CHILDREN = -1;

const SYMBOLS = {
  /** `int getrusage(int who, struct rusage *usage)` */
  getrusage: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const libc = Deno.dlopen(libraryNames(Deno.build)[0], SYMBOLS);

/**
 * Returns the CPU time of all ended children in milliseconds, with all of their
 * threads.
 */
export function cpuOfChildren(): number {
  const usage = new BigInt64Array(18);
  if (libc.symbols.getrusage(RUSAGE_CHILDREN, usage) !== 0) {
    throw new Error("Cannot read the usage of child processes");
  }
  const [userSeconds, userMicros, systemSeconds, systemMicros] = usage;
  return Number(userSeconds! + systemSeconds!) * 1000 +
    Number(userMicros! + systemMicros!) / 1000;
}

/** The usage of the current threads of a process. */
export interface ThreadUsage {
  /** The CPU time in milliseconds. */
  cpu: number;
  /** How often a thread was woken. */
  wakeups: number;
}

/** Reads it from proc_pid_schedstat(5) and proc_pid_status(5). */
export function usageOfThreads(pid: number): ThreadUsage {
  const usage = { cpu: 0, wakeups: 0 };
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const thread = `/proc/${pid}/task/${name}`;
    const [nanoseconds] = readIfPresent(`${thread}/schedstat`).split(" ");
    usage.cpu += Number(nanoseconds) / 1e6;
    const status = readIfPresent(`${thread}/status`);
    usage.wakeups += field(status, "voluntary_ctxt_switches");
  }
  return usage;
}

/**
 * Returns the resident memory of a process in bytes, without the files that it
 * maps: how much of a program's code is in memory depends on other processes.
 */
export function residentMemory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return field(status, "RssAnon") * 1024;
}

/** Returns the number of open descriptors of a process. */
export function openDescriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

function field(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status);
  return Number(match?.[1] ?? 0);
}

/** Returns the text of a file; empty if the thread has ended meanwhile. */
function readIfPresent(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
