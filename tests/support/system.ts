/** System calls that Deno's file API lacks, or has only for UTF-8. */

import { libraryNames } from "../../lib/kernel/libc.ts";
import { encodePath } from "../../lib/kernel/byte_path.ts";

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;
const S_IFREG = 0o100000;

const SYMBOLS = {
  /** `int mkdir(const char *path, mode_t mode)` */
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  /** `int mknod(const char *path, mode_t mode, dev_t device)` */
  mknod: { parameters: ["buffer", "u32", "u64"], result: "i32" },
  /**
   * `int renameat2(int old_fd, const char *old_path, int new_fd,
   * const char *new_path, unsigned int flags)`
   */
  renameat2: {
    parameters: ["i32", "buffer", "i32", "buffer", "u32"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

// Loaded before the first test, so that the sanitizers do not blame a test.
const libc = Deno.dlopen(libraryNames(Deno.build)[0], SYMBOLS).symbols;

/** Exchanges the entries at `a` and `b` atomically. */
export function exchange(a: string, b: string): void {
  const [from, to] = [encodePath(a), encodePath(b)];
  check(libc.renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE), a);
}

/** Creates a directory whose name may not be UTF-8. */
export function makeDirectory(path: string): void {
  check(libc.mkdir(encodePath(path), 0o700), path);
}

/** Creates an empty file whose name may not be UTF-8. */
export function makeFile(path: string): void {
  check(libc.mknod(encodePath(path), S_IFREG | 0o600, 0n), path);
}

function check(result: number, path: string): void {
  if (result === 0) return;
  // The storms recognize an error of the system by its code.
  const error = new Error(`The call failed for '${path}'`);
  throw Object.assign(error, { code: "UNKNOWN" });
}
