/** Turns an errno into an error of Deno's own classes. */

/**
 * The error of a failed system call.
 *
 * Its class is the one that Deno's file API throws for the same errno, for
 * example `Deno.errors.NotFound`.
 *
 * @example Handling an error by its code
 * ```ts
 * import { type SystemError, watch } from "@x/inotify";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(() => watch("/nowhere"));
 * const { code, path } = error as SystemError;
 * assertEquals([code, path], ["ENOENT", "/nowhere"]);
 * ```
 */
export interface SystemError extends Error {
  /** The name of the errno: `"ENOENT"`. */
  readonly code: string;
  /** The call that failed: `"inotify_add_watch"`. */
  readonly syscall: string;
  /** The path of the call, if it had one. */
  readonly path?: string | undefined;
}

type ErrorConstructor = new (message: string) => Error;

const {
  AlreadyExists,
  BadResource,
  ConnectionAborted,
  ConnectionRefused,
  ConnectionReset,
  FilesystemLoop,
  Interrupted,
  IsADirectory,
  NetworkUnreachable,
  NotADirectory,
  NotConnected,
  NotFound,
  NotSupported,
  PermissionDenied,
  TimedOut,
  WouldBlock,
} = Deno.errors;

// The numbers are the same on every architecture that Deno runs on. The texts are
// those of strerror(3) in glibc: loading that function would slow down the start.
// The last of them come from broken file systems and from networks.
const ERRNOS: Readonly<
  Record<number, readonly [code: string, Class: ErrorConstructor, text: string]>
> = {
  1: ["EPERM", PermissionDenied, "Operation not permitted"],
  2: ["ENOENT", NotFound, "No such file or directory"],
  3: ["ESRCH", Error, "No such process"],
  4: ["EINTR", Interrupted, "Interrupted system call"],
  5: ["EIO", Error, "Input/output error"],
  6: ["ENXIO", Error, "No such device or address"],
  9: ["EBADF", BadResource, "Bad file descriptor"],
  11: ["EAGAIN", WouldBlock, "Resource temporarily unavailable"],
  12: ["ENOMEM", Error, "Cannot allocate memory"],
  13: ["EACCES", PermissionDenied, "Permission denied"],
  14: ["EFAULT", Error, "Bad address"],
  16: ["EBUSY", Error, "Device or resource busy"],
  17: ["EEXIST", AlreadyExists, "File exists"],
  18: ["EXDEV", Error, "Invalid cross-device link"],
  19: ["ENODEV", Error, "No such device"],
  20: ["ENOTDIR", NotADirectory, "Not a directory"],
  21: ["EISDIR", IsADirectory, "Is a directory"],
  22: ["EINVAL", TypeError, "Invalid argument"],
  23: ["ENFILE", Error, "Too many open files in system"],
  24: ["EMFILE", Error, "Too many open files"],
  28: ["ENOSPC", Error, "No space left on device"],
  36: ["ENAMETOOLONG", Error, "File name too long"],
  38: ["ENOSYS", NotSupported, "Function not implemented"],
  40: ["ELOOP", FilesystemLoop, "Too many levels of symbolic links"],
  74: ["EBADMSG", Error, "Bad message"],
  75: ["EOVERFLOW", Error, "Value too large for defined data type"],
  95: ["ENOTSUP", Error, "Operation not supported"],
  101: ["ENETUNREACH", NetworkUnreachable, "Network is unreachable"],
  103: ["ECONNABORTED", ConnectionAborted, "Software caused connection abort"],
  104: ["ECONNRESET", ConnectionReset, "Connection reset by peer"],
  107: ["ENOTCONN", NotConnected, "Transport endpoint is not connected"],
  110: ["ETIMEDOUT", TimedOut, "Connection timed out"],
  111: ["ECONNREFUSED", ConnectionRefused, "Connection refused"],
  112: ["EHOSTDOWN", Error, "Host is down"],
  113: ["EHOSTUNREACH", Error, "No route to host"],
  116: ["ESTALE", Error, "Stale file handle"],
  117: ["EUCLEAN", Error, "Structure needs cleaning"],
  121: ["EREMOTEIO", Error, "Remote I/O error"],
  126: ["ENOKEY", Error, "Required key not available"],
};

/** The operation to print instead of the name of a call. */
const OPERATIONS: Readonly<Record<string, string>> = {
  getdents64: "readdir",
  inotify_add_watch: "watch",
  lseek: "readdir",
  open: "watch",
  readlink: "watch",
  statx: "watch",
};

// The errnos that callers handle.
export const ENOENT = 2;
export const EINTR = 4;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EINVAL = 22;
export const ENAMETOOLONG = 36;

/** The codes of errors about a path that does not exist. */
export const NOT_FOUND_CODES: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
]);

/** Returns the error for `errno`, from `syscall` on `path`. */
export function systemError(
  errno: number,
  syscall: string,
  path?: string,
): SystemError {
  const [code, Class, text] = ERRNOS[errno] ??
    [`E${errno}`, Error, `Unknown error ${errno}`];
  const operation = OPERATIONS[syscall] ?? syscall;
  const subject = path === undefined ? operation : `${operation} '${path}'`;
  const error = new Class(`${text} (os error ${errno}): ${subject}`);
  return markSystemError(Object.assign(error, { code, syscall, path }));
}

// The fields do not identify them: errors of node:fs, which a filter may throw,
// have the same fields.
const systemErrors = new WeakSet<Error>();

/** Makes {@linkcode isSystemError} return `true` for `error`. */
export function markSystemError<E extends SystemError>(error: E): E {
  systemErrors.add(error);
  return error;
}

/** Returns whether `error` is of a system call that this library made. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && systemErrors.has(error);
}
