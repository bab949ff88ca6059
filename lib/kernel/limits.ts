/** `inotifyLimits()`: the limits in force, and the processes that use them. */

import { namesIn } from "./directory.ts";
import type { SystemError } from "./errno.ts";
import { readLink, readText } from "./procfs.ts";
import { Libc, loadSymbols } from "./libc.ts";
import { type Limit, limitsOn, sysctl } from "./limit_error.ts";

/**
 * How much of a limited resource is used.
 *
 * @example Computing how much is left
 * ```ts
 * import type { LimitUsage } from "@x/inotify";
 *
 * function left({ used, limits: [{ value }] }: LimitUsage): number {
 *   return value - used;
 * }
 * ```
 */
export interface LimitUsage {
  /** How many this user has, as far as this process may see. */
  readonly used: number;
  /**
   * The two limits, the lower one first: `fs.inotify.max_user_*`, which the
   * machine has for each user, and `user.max_inotify_*`, which the user namespace
   * has for each user.
   */
  readonly limits: readonly [Limit, Limit];
}

/**
 * How much one process uses.
 *
 * @example Describing a process
 * ```ts
 * import type { ProcessUsage } from "@x/inotify";
 *
 * function describe({ pid, command, watches }: ProcessUsage): string {
 *   return `${command} (${pid}) has ${watches} watches`;
 * }
 * ```
 */
export interface ProcessUsage {
  /** The process ID. */
  readonly pid: number;
  /**
   * The command line, with a space between its words. If the process has none, its
   * name in brackets, as ps(1) prints it.
   */
  readonly command: string;
  /** How many inotify instances the process has open. */
  readonly instances: number;
  /** How many watches these instances have. */
  readonly watches: number;
}

/**
 * The limits on inotify and how much of them is used: the result of
 * {@linkcode inotifyLimits}.
 *
 * @example Printing the usage
 * ```ts
 * import { type InotifyLimits, inotifyLimits } from "@x/inotify";
 *
 * const { instances, watches }: InotifyLimits = inotifyLimits();
 * console.log(`${watches.used} watches of ${instances.used} instances`);
 * ```
 */
export interface InotifyLimits {
  /** How many events one instance queues: `fs.inotify.max_queued_events`. */
  readonly queuedEvents: Limit;
  /** The inotify instances of this user. */
  readonly instances: LimitUsage;
  /** The watches of this user, over all instances. */
  readonly watches: LimitUsage;
  /**
   * The processes of this user that use inotify, those with the most watches
   * first. An instance that several processes share counts for each of them.
   */
  readonly processes: readonly ProcessUsage[];
  /**
   * How many processes of this user may not be read, such as ssh-agent(1). Their
   * instances and watches are not counted here.
   */
  readonly unreadable: number;
}

/**
 * Returns the limits on inotify, and which processes use how much of them.
 *
 * The kernel counts by user. So this function looks at the processes that have
 * the effective user of this process. In the totals, an instance that several
 * processes share, as after fork(2), counts once, if the kernel has kcmp(2).
 *
 * Some usage counts for the limits, but is not visible to this process:
 *
 * - processes that may not be read; their number is `unreadable`;
 * - processes of this user outside of this PID namespace: in a container, all
 *   processes outside of it;
 * - processes of other users in a user namespace that this user created, such as
 *   a rootless container.
 *
 * The function reads /proc and blocks meanwhile: some 10 ms for 100 processes,
 * and another 3 ms for 1,000 watches.
 *
 * @returns The limits and the usage at this time.
 *
 * @see inotify(7), "/proc interfaces"; namespaces(7), "The /proc/sys/user
 * directory"; proc_pid_fdinfo(5)
 *
 * @throws {Deno.errors.NotFound} If /proc is not mounted.
 * @throws {Deno.errors.NotCapable} If the permission `--allow-ffi` is missing.
 * @throws {Deno.errors.NotSupported} If the platform is not Linux.
 *
 * @example Listing the processes with the most watches
 * ```ts
 * import { inotifyLimits } from "@x/inotify";
 *
 * const { watches, processes } = inotifyLimits();
 * const [{ name, value }] = watches.limits;
 * console.log(`${watches.used} of ${value} watches (${name})`);
 * for (const { pid, command, watches } of processes) {
 *   console.log(`${watches} by ${command} (${pid})`);
 * }
 * ```
 */
export function inotifyLimits(): InotifyLimits {
  using resources = new DisposableStack();
  const libc = resources.use(Libc.acquire());
  const { symbols } = resources.adopt(
    loadSymbols(SYMBOLS),
    (library) => library.close(),
  );
  const { held, processes, unreadable } = survey(libc, symbols);
  return {
    queuedEvents: sysctl("fs.inotify.max_queued_events", libc),
    instances: { used: held.length, limits: limitsOn("instances", libc) },
    watches: { used: countWatches(held), limits: limitsOn("watches", libc) },
    processes: processes.sort((a, b) =>
      b.watches - a.watches || b.instances - a.instances || a.pid - b.pid
    ),
    unreadable,
  };
}

/** An open inotify instance, identified by one of its descriptors. */
interface Instance {
  readonly pid: number;
  readonly fd: number;
  readonly watches: number;
}

interface Survey {
  /** Every instance, once. */
  held: Instance[];
  processes: ProcessUsage[];
  unreadable: number;
}

function survey(libc: Libc, symbols: Symbols): Survey {
  const user = readUser(libc);
  const held: Instance[] = [];
  const processes: ProcessUsage[] = [];
  let unreadable = 0;
  for (const name of namesIn("/proc", libc)) {
    const pid = Number(name);
    if (!(pid > 0)) continue;
    try {
      const status = readStatus(name, libc);
      if (status.user !== user || !status.hasMemory) continue;
      const instances = distinct(instancesOf(pid, libc), symbols);
      if (instances.length === 0) continue;
      processes.push({
        pid,
        command: readCommand(pid, libc) || `[${status.name}]`,
        instances: instances.length,
        watches: countWatches(instances),
      });
      held.push(...instances);
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) unreadable++;
      else if (!isNotFound(error)) throw error;
    }
  }
  return { held: distinct(held, symbols), processes, unreadable };
}

/** Returns the effective user of this process. */
function readUser(libc: Libc): number {
  try {
    return readStatus("self", libc).user;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Deno.errors.NotFound(
      "Cannot find out who uses inotify: /proc is not mounted",
    );
  }
}

function countWatches(instances: readonly Instance[]): number {
  return instances.reduce((sum, { watches }) => sum + watches, 0);
}

interface Status {
  name: string;
  /** The effective user, whose usage the kernel counts. */
  user: number;
  /** `false` for a kernel thread and for a zombie. */
  hasMemory: boolean;
}

function readStatus(pid: string, libc: Libc): Status {
  // A process chooses its name: only "\n" ends a line, where a pattern with the
  // flag `m` accepts "\r" and U+2028 as well.
  const lines = readText(`/proc/${pid}/status`, libc).split("\n");
  const fields = new Map(
    lines.map((line) => {
      const end = line.indexOf(":\t");
      return [line.slice(0, end), line.slice(end + 2)];
    }),
  );
  return {
    name: fields.get("Name")!,
    user: Number(fields.get("Uid")!.split("\t")[1]),
    hasMemory: fields.has("VmSize"),
  };
}

function readCommand(pid: number, libc: Libc): string {
  return readText(`/proc/${pid}/cmdline`, libc).replace(/\0+$/, "")
    .replaceAll("\0", " ");
}

function instancesOf(pid: number, libc: Libc): Instance[] {
  const instances: Instance[] = [];
  for (const name of namesIn(`/proc/${pid}/fd`, libc)) {
    try {
      if (!isInstance(`/proc/${pid}/fd/${name}`, libc)) continue;
      const info = readText(`/proc/${pid}/fdinfo/${name}`, libc);
      const watches = info.split("\ninotify ").length - 1;
      instances.push({ pid, fd: Number(name), watches });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return instances;
}

function isInstance(descriptor: string, libc: Libc): boolean {
  try {
    return readLink(descriptor, libc) === "anon_inode:inotify";
  } catch (error) {
    // The descriptor is of a file whose path is too long for the kernel to return.
    if ((error as SystemError).code === "ENAMETOOLONG") return false;
    throw error;
  }
}

/** Returns whether the process has ended, or the descriptor was closed. */
function isNotFound(error: unknown): boolean {
  return ["ENOENT", "ESRCH"].includes((error as SystemError).code);
}

/** Returns each instance once; a duplicated descriptor is of the same instance. */
function distinct(
  instances: readonly Instance[],
  symbols: Symbols,
): Instance[] {
  const sorted = instances.toSorted((a, b) => compare(a, b, symbols));
  return sorted.filter((instance, i) =>
    i === 0 || compare(sorted[i - 1]!, instance, symbols) !== 0
  );
}

const SYMBOLS = {
  /**
   * `int kcmp(pid_t pid1, pid_t pid2, int type, unsigned long idx1,
   * unsigned long idx2)`
   *
   * It has no function: it is called by its number, `SYS_kcmp`.
   */
  kcmp: {
    name: "syscall",
    parameters: ["usize", "i32", "i32", "i32", "usize", "usize"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

const SYS_KCMP = Deno.build.arch === "aarch64" ? 272n : 312n;
const KCMP_FILE = 0;
const KCMP_ORDER: Readonly<Record<number, number>> = { 0: 0, 1: -1, 2: 1 };

/** Compares two instances; returns 0 if both are the same one. */
function compare(a: Instance, b: Instance, { kcmp }: Symbols): number {
  const order = KCMP_ORDER[
    kcmp(SYS_KCMP, a.pid, b.pid, KCMP_FILE, BigInt(a.fd), BigInt(b.fd))
  ];
  // One process has ended, or the kernel was built without kcmp(2).
  return order ?? (a.pid - b.pid || a.fd - b.fd);
}
