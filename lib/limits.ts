/** The limits on inotify: which one was reached, and what raises it. */

import type { SystemError } from "./errors.ts";
import type { Libc } from "./libc.ts";
import { decodePath, encodePath } from "./path.ts";

/**
 * A limit was reached: on watches (`ENOSPC`), on inotify instances or on open
 * descriptors (`EMFILE`). The message names it, its value and what raises it.
 *
 * @see inotify(7), "/proc interfaces"; namespaces(7), "The /proc/sys/user
 * directory"; getrlimit(2)
 *
 * @example
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
  /**
   * The limit: a sysctl such as `"fs.inotify.max_user_watches"`, or
   * `"RLIMIT_NOFILE"`.
   */
  readonly limit: string;
  /** The value that it has. */
  readonly value: number;

  /** An error for the `limit` of `value` that made the call `cause` fail. */
  constructor(cause: SystemError, { limit, value, remedy }: Limit) {
    const { code, syscall, path } = cause;
    const deed = path === undefined ? "open inotify" : `watch '${path}'`;
    super(
      `Cannot ${deed}: the limit ${limit} is ${value}, ` +
        `raise it with \`${remedy}\``,
      { cause },
    );
    this.code = code;
    this.syscall = syscall;
    this.path = path;
    this.limit = limit;
    this.value = value;
  }
}

interface Limit {
  limit: string;
  value: number;
  remedy: string;
}

const RLIMIT_NOFILE = 7;
const O_CLOEXEC = 0o2000000;

/** `error`, or the limit that is behind it. */
export function explainLimit(error: SystemError, libc: Libc): SystemError {
  const limit = limitBehind(error, libc);
  return limit ? new WatchLimitError(error, limit) : error;
}

function limitBehind(
  { code, syscall }: SystemError,
  libc: Libc,
): Limit | undefined {
  if (code === "ENOSPC" && syscall === "inotify_add_watch") {
    return sysctlBehind("watches", libc);
  }
  if (code !== "EMFILE") return undefined;
  // Where the descriptors are used up, the sysctls cannot be opened either.
  const instances = syscall === "inotify_init1" &&
    sysctlBehind("instances", libc);
  return instances || descriptors(libc);
}

/**
 * The lower of the two limits that the kernel has for each kind: one for the
 * machine, one for the user namespace, which is the machine's outside of any.
 */
function sysctlBehind(
  kind: "watches" | "instances",
  libc: Libc,
): Limit | undefined {
  const user = sysctl(`fs.inotify.max_user_${kind}`, libc);
  const namespace = sysctl(`user.max_inotify_${kind}`, libc);
  return user && namespace && namespace.value < user.value ? namespace : user;
}

function sysctl(limit: string, libc: Libc): Limit | undefined {
  try {
    const text = readText(`/proc/sys/${limit.replaceAll(".", "/")}`, libc);
    const value = Number(text);
    const more = 2 * value || 128;
    return { limit, value, remedy: `sysctl -w ${limit}=${more}` };
  } catch {
    return undefined;
  }
}

function descriptors(libc: Libc): Limit {
  const limits = new BigUint64Array(2);
  libc.check(libc.symbols.getrlimit(RLIMIT_NOFILE, limits), "getrlimit");
  const value = Number(limits[0]);
  return { limit: "RLIMIT_NOFILE", value, remedy: `ulimit -n ${2 * value}` };
}

/** A small file of /proc, whole, without Deno's permission to read. */
function readText(path: string, libc: Libc): string {
  const { open, read, close } = libc.symbols;
  const fd = libc.check(open(encodePath(path), O_CLOEXEC), "open", path);
  try {
    const text = new Uint8Array(4096);
    const length = libc.check(read(fd, text, 4096n), "read", path);
    return decodePath(text, 0, length);
  } finally {
    close(fd);
  }
}
