/** What a failed system call becomes: an error of Deno's own kind. */

/**
 * An error that stands for a failed system call.
 *
 * Its class is the one that Deno's file API throws for the same errno, for
 * example `Deno.errors.NotFound`; these fields tell the rest.
 *
 * @example
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
  /** The path that the call was about, where there was one. */
  readonly path?: string | undefined;
}

type ErrorConstructor = new (message: string) => Error;

const {
  AlreadyExists,
  BadResource,
  FilesystemLoop,
  Interrupted,
  IsADirectory,
  NotADirectory,
  NotFound,
  NotSupported,
  PermissionDenied,
  WouldBlock,
} = Deno.errors;

// The numbers are the same on every architecture that Deno runs on.
const ERRNOS: Readonly<Record<number, readonly [string, ErrorConstructor]>> = {
  1: ["EPERM", PermissionDenied],
  2: ["ENOENT", NotFound],
  3: ["ESRCH", Error],
  4: ["EINTR", Interrupted],
  5: ["EIO", Error],
  9: ["EBADF", BadResource],
  11: ["EAGAIN", WouldBlock],
  12: ["ENOMEM", Error],
  13: ["EACCES", PermissionDenied],
  14: ["EFAULT", Error],
  17: ["EEXIST", AlreadyExists],
  20: ["ENOTDIR", NotADirectory],
  21: ["EISDIR", IsADirectory],
  22: ["EINVAL", TypeError],
  23: ["ENFILE", Error],
  24: ["EMFILE", Error],
  28: ["ENOSPC", Error],
  36: ["ENAMETOOLONG", Error],
  38: ["ENOSYS", NotSupported],
  40: ["ELOOP", FilesystemLoop],
  116: ["ESTALE", Error],
};

/** What a call was made for, where its name does not say so. */
const DEEDS: Readonly<Record<string, string>> = {
  getdents64: "readdir",
  inotify_add_watch: "watch",
  open: "watch",
  readlink: "watch",
  statx: "watch",
};

/** The number of the errno of a call that a signal has interrupted. */
export const EINTR = 4;

/** The number of the errno with which a call would have had to wait. */
export const EAGAIN = 11;

/** The codes of errors about what is not there, or is no directory. */
export const VANISHED: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
]);

/** The error for `errno`, which `text` describes, from `syscall` on `path`. */
export function systemError(
  errno: number,
  text: string,
  syscall: string,
  path?: string,
): SystemError {
  const [code, Class] = ERRNOS[errno] ?? [`E${errno}`, Error];
  const deed = DEEDS[syscall] ?? syscall;
  const subject = path === undefined ? deed : `${deed} '${path}'`;
  const error = new Class(`${text} (os error ${errno}): ${subject}`);
  return own(Object.assign(error, { code, syscall, path }));
}

// By their fields they could be errors of node:fs, which a filter may throw.
const ours = new WeakSet<Error>();

/** Has {@linkcode isSystemError} know `error`. */
export function own<E extends SystemError>(error: E): E {
  ours.add(error);
  return error;
}

/** Whether `error` stands for a system call that failed here. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && ours.has(error);
}
