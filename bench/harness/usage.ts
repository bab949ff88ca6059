/** What processes have used, as the kernel accounts it. */

import { libraryNames } from "../../lib/kernel/libc.ts";

const RUSAGE_CHILDREN = -1;

const SYMBOLS = {
  /** `int getrusage(int who, struct rusage *usage)` */
  getrusage: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const libc = Deno.dlopen(libraryNames(Deno.build)[0], SYMBOLS);

/**
 * The processor time, in milliseconds, of all children that have ended, of all
 * their threads from their first moment to their last.
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

/** What the threads have used that a process has now. */
export interface ThreadUsage {
  /** Processor time in milliseconds. */
  cpu: number;
  /** How often one of them was woken after it had waited. */
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

/** How many bytes of memory a process holds. */
export function residentMemory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return field(status, "VmRSS") * 1024;
}

/** How many descriptors a process has open. */
export function openDescriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

function field(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status);
  return Number(match?.[1] ?? 0);
}

/** The text of a file; none where the thread has ended since it was listed. */
function readIfPresent(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
