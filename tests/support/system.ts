/** System calls that Deno's file API lacks, or has for UTF-8 alone. */

import { libraryNames } from "../../lib/libc.ts";
import { encodePath } from "../../lib/path.ts";

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

/** Puts what is at `a` and what is at `b` in each other's place, at once. */
export function exchange(a: string, b: string): void {
  call(({ renameat2 }) =>
    renameat2(
      AT_FDCWD,
      encodePath(a),
      AT_FDCWD,
      encodePath(b),
      RENAME_EXCHANGE,
    )
  );
}

/** Creates a directory whose name may be any bytes. */
export function makeDirectory(path: string): void {
  call(({ mkdir }) => mkdir(encodePath(path), 0o700));
}

/** Creates an empty file whose name may be any bytes. */
export function makeFile(path: string): void {
  call(({ mknod }) => mknod(encodePath(path), S_IFREG | 0o600, 0n));
}

type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

function call(use: (symbols: Symbols) => number): void {
  const libc = Deno.dlopen(libraryNames(Deno.build)[0], SYMBOLS);
  try {
    if (use(libc.symbols) !== 0) throw new Error(`The call failed: ${use}`);
  } finally {
    libc.close();
  }
}
