/** `WatchLimitError`: which limit was reached, and what raises it. */

import { markSystemError, type SystemError } from "./errno.ts";
import { readText } from "./procfs.ts";
import type { Libc } from "./libc.ts";

/**
 * A limit of the kernel.
 *
 * @example Printing a limit
 * ```ts
 * import { inotifyLimits, type Limit } from "@x/inotify";
 *
 * const { name, value }: Limit = inotifyLimits().queuedEvents;
 * console.log(`${name} is ${value}`);
 * ```
 */
export interface Limit {
  /**
   * The name of the limit: a sysctl such as `"fs.inotify.max_user_watches"`, or
   * `"RLIMIT_NOFILE"`.
   */
  readonly name: string;
  /** The value of the limit. */
  readonly value: number;
}

/**
 * The error for a limit that was reached: on watches (`ENOSPC`), on inotify
 * instances, or on open descriptors (`EMFILE`). The message has the name and the
 * value of the limit, and the command that raises it.
 *
 * @see inotify(7), "/proc interfaces"; namespaces(7), "The /proc/sys/user
 * directory"; getrlimit(2)
 *
 * @example Handling the error
 * ```ts
 * import { IN, Inotify, WatchLimitError } from "@x/inotify";
 *
 * try {
 *   using inotify = new Inotify();
 *   inotify.addWatch("/", IN.CREATE);
 * } catch (error) {
 *   if (!(error instanceof WatchLimitError)) throw error;
 *   console.error(`Out of watches: ${error.limit} is ${error.value}`);
 * }
 * ```
 */
export class WatchLimitError extends Error implements SystemError {
  /** `"WatchLimitError"` */
  override readonly name = "WatchLimitError";
  readonly code: string;
  readonly syscall: string;
  readonly path?: string | undefined;
  /** The name of the limit: `"user.max_inotify_watches"`. */
  readonly limit: string;
  /** The value of the limit. */
  readonly value: number;

  /** Creates the error for the `limit` that made the call of `cause` fail. */
  constructor(cause: SystemError, limit: Limit) {
    const { code, syscall, path } = cause;
    const operation = path === undefined ? "open inotify" : `watch '${path}'`;
    super(
      `Cannot ${operation}: the limit ${limit.name} is ${limit.value}, ` +
        `raise it with \`${remedyFor(limit)}\``,
      { cause },
    );
    this.code = code;
    this.syscall = syscall;
    this.path = path;
    this.limit = limit.name;
    this.value = limit.value;
  }
}

// Called by number: when this limit is reached, no descriptor is left to load a
// function, and the permission may have been revoked.
const SYS_getrlimit = Deno.build.arch === "aarch64" ? 163n : 97n;
const RLIMIT_NOFILE = 7;
const DESCRIPTORS = "RLIMIT_NOFILE";

/** Returns the value to raise a limit of `value` to. */
export function suggestedLimit(value: number): number {
  return 2 * value || 128;
}

function remedyFor({ name, value }: Limit): string {
  return name === DESCRIPTORS
    ? `ulimit -n ${suggestedLimit(value)}`
    : `sysctl -w ${name}=${suggestedLimit(value)}`;
}

/** Returns `error`, or the `WatchLimitError` for the limit that caused it. */
export function explainLimit(error: SystemError, libc: Libc): SystemError {
  const limit = limitBehind(error, libc);
  return limit ? markSystemError(new WatchLimitError(error, limit)) : error;
}

function limitBehind(
  { code, syscall }: SystemError,
  libc: Libc,
): Limit | undefined {
  if (code === "ENOSPC" && syscall === "inotify_add_watch") {
    return limitInForce("watches", libc);
  }
  if (code !== "EMFILE") return undefined;
  return syscall === "inotify_init1" && limitInForce("instances", libc) ||
    descriptors(libc);
}

function limitInForce(
  kind: "instances" | "watches",
  libc: Libc,
): Limit | undefined {
  try {
    return limitsOn(kind, libc)[0];
  } catch {
    // Without a free descriptor, the sysctls cannot be opened either.
    return undefined;
  }
}

/**
 * Returns both limits of the kernel on a kind, the lower one first: the limit of
 * the machine and the limit of the user namespace.
 */
export function limitsOn(
  kind: "instances" | "watches",
  libc: Libc,
): readonly [Limit, Limit] {
  const machine = sysctl(`fs.inotify.max_user_${kind}`, libc);
  const namespace = sysctl(`user.max_inotify_${kind}`, libc);
  return namespace.value < machine.value
    ? [namespace, machine]
    : [machine, namespace];
}

/** Returns the limit of the sysctl named `limit`. */
export function sysctl(limit: string, libc: Libc): Limit {
  const path = `/proc/sys/${limit.replaceAll(".", "/")}`;
  return { name: limit, value: Number(readText(path, libc)) };
}

function descriptors(libc: Libc): Limit {
  const { syscall } = libc.symbols;
  const limits = new BigUint64Array(2);
  const address = libc.addressOf(limits);
  libc.check(
    () => syscall(SYS_getrlimit, RLIMIT_NOFILE, address, null, 0n),
    "getrlimit",
  );
  return { name: DESCRIPTORS, value: Number(limits[0]) };
}
