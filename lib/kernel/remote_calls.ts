/** Makes system calls on another thread, for file systems that may hang. */

import type { SystemError } from "./errno.ts";
import { Libc, loadSymbols, type Memory } from "./libc.ts";
import { explainLimit } from "./limit_error.ts";
import { SYS_openat2 } from "./open_flags.ts";
import { ThreadMemory } from "./thread_memory.ts";

const SYMBOLS = {
  /** `int openat(int dirfd, const char *path, int flags)` */
  openat: {
    parameters: ["i32", "pointer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  /**
   * `long syscall(SYS_openat2, int dirfd, const char *path,
   * const struct open_how *how, size_t size)`
   */
  openat2: {
    name: "syscall",
    parameters: ["i64", "i32", "pointer", "pointer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  /** `int inotify_add_watch(int fd, const char *path, uint32_t mask)` */
  inotify_add_watch: {
    parameters: ["i32", "pointer", "u32"],
    result: "i32",
    nonblocking: true,
  },
  /** `ssize_t getdents64(int fd, void *dirp, size_t count)` */
  getdents64: {
    parameters: ["i32", "pointer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  /**
   * `int statx(int dirfd, const char *path, int flags, unsigned int mask,
   * struct statx *status)`
   */
  statx: {
    parameters: ["i32", "pointer", "i32", "u32", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  /** `ssize_t read(int fd, void *buffer, size_t count)` */
  read: {
    parameters: ["i32", "pointer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32", nonblocking: true },
  /** `void *memcpy(void *dest, const void *src, size_t n)` */
  copy: {
    name: "memcpy",
    parameters: ["pointer", "buffer", "usize"],
    result: "pointer",
  },
} as const satisfies Deno.ForeignLibraryInterface;

const STATX_TYPE = 0x1;

/** The system calls, with memory that the other thread may use. */
export class RemoteCalls implements Disposable {
  readonly libc: Libc = Libc.acquire();
  readonly #library = loadSymbols(SYMBOLS);

  /** Unloads them. None of them may be running. */
  [Symbol.dispose](): void {
    this.#library.close();
    this.libc[Symbol.dispose]();
  }

  openat(fd: number, path: Memory, flags: number): Promise<number> {
    const { openat } = this.#library.symbols;
    return this.#lend([path], (path) => openat(fd, path!, flags));
  }

  openat2(fd: number, path: Memory, how: Memory): Promise<number> {
    const { openat2 } = this.#library.symbols;
    const size = BigInt(how.byteLength);
    return this.#lend(
      [path, how],
      (path, how) => openat2(SYS_openat2, fd, path!, how!, size),
    );
  }

  addWatch(fd: number, path: Memory, mask: number): Promise<number> {
    const { inotify_add_watch } = this.#library.symbols;
    return this.#lend([path], (path) => inotify_add_watch(fd, path!, mask));
  }

  getdents64(fd: number, buffer: Memory): Promise<number> {
    const { getdents64 } = this.#library.symbols;
    const size = BigInt(buffer.byteLength);
    return this.#lend([buffer], (buffer) => getdents64(fd, buffer!, size));
  }

  read(fd: number, buffer: Memory): Promise<number> {
    const { read } = this.#library.symbols;
    const size = BigInt(buffer.byteLength);
    return this.#lend([buffer], (buffer) => read(fd, buffer!, size));
  }

  /** Calls statx(2) for the file type. */
  statx(
    fd: number,
    path: Memory,
    flags: number,
    status: Memory,
  ): Promise<number> {
    const { statx } = this.#library.symbols;
    return this.#lend(
      [path, status],
      (path, status) => statx(fd, path!, flags, STATX_TYPE, status!),
    );
  }

  close(fd: number): Promise<number> {
    return this.#library.symbols.close(fd);
  }

  /** Makes a call with `memories`, which it may change, as its arguments. */
  async #lend(
    memories: readonly Memory[],
    call: (...pointers: Deno.PointerObject[]) => Promise<number>,
  ): Promise<number> {
    const { copy } = this.#library.symbols;
    using resources = new DisposableStack();
    const lent = memories.map(({ buffer, byteLength }) => {
      const memory = new ThreadMemory(this.libc, byteLength);
      copy(memory.pointer, buffer, BigInt(byteLength));
      return resources.use(memory);
    });
    const result = await call(...lent.map(({ pointer }) => pointer));
    lent.forEach((memory, i) => memory.copyTo(memories[i]!));
    return result;
  }
}

/**
 * Returns what `result` resolves to. If the call failed, makes it again on this
 * thread by `again`, because errno of another thread cannot be read. This does not
 * hang, because the server has just answered.
 */
export async function check(
  result: Promise<number>,
  again: () => number,
  { syscall, path, libc }: { syscall: string; path: string; libc: Libc },
): Promise<number> {
  const value = await result;
  if (value !== -1) return value;
  try {
    return libc.check(again, syscall, path);
  } catch (error) {
    throw explainLimit(error as SystemError, libc);
  }
}
