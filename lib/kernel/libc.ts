/**
 * Loads the C library and turns -1 into errors. No other file loads it.
 *
 * It is loaded for its first user and unloaded with its last. So importing this
 * module asks for no permission, and a test that closed everything leaks nothing.
 */

import { EINTR, systemError } from "./errno.ts";

// The functions that every watcher needs. Deno compiles code for each of them,
// which takes some 0.08 ms, and as much again for each "buffer". So memory is
// passed by its address, and a function that few programs need is loaded there.
const SYMBOLS = {
  /** `int inotify_init1(int flags)` */
  inotify_init1: { parameters: ["i32"], result: "i32" },
  /** `int inotify_add_watch(int fd, const char *path, uint32_t mask)` */
  inotify_add_watch: { parameters: ["i32", "pointer", "u32"], result: "i32" },
  /** `int inotify_rm_watch(int fd, int wd)` */
  inotify_rm_watch: { parameters: ["i32", "i32"], result: "i32" },
  /** `int eventfd(unsigned int initval, int flags)` */
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  /** `int open(const char *path, int flags)` */
  open: { parameters: ["pointer", "i32"], result: "i32" },
  /**
   * `long syscall(long number, ...)`, for system calls without a function. The
   * other parameters are those of openat2(2),
   * `int dirfd, const char *path, const struct open_how *how, size_t size`. They
   * also fit rt_sigaction(2), `int signum, const struct sigaction *act, struct
   * sigaction *oldact, size_t sigsetsize`. The first two are those of
   * getrlimit(2), `int resource, struct rlimit *limit`.
   */
  syscall: {
    parameters: ["i64", "i32", "pointer", "pointer", "usize"],
    result: "i32",
  },
  /** `ssize_t read(int fd, void *buffer, size_t count)` */
  read: { parameters: ["i32", "pointer", "usize"], result: "i32" },
  /** `ssize_t getdents64(int fd, void *dirp, size_t count)` */
  getdents64: { parameters: ["i32", "pointer", "usize"], result: "i32" },
  /**
   * `int statx(int dirfd, const char *path, int flags, unsigned int mask,
   * struct statx *status)`
   */
  statx: {
    parameters: ["i32", "pointer", "i32", "u32", "pointer"],
    result: "i32",
  },
  /** `ssize_t readlink(const char *path, char *buffer, size_t size)` */
  readlink: { parameters: ["pointer", "pointer", "usize"], result: "i32" },
  /** `char *getcwd(char *buffer, size_t size)` */
  getcwd: { parameters: ["pointer", "usize"], result: "pointer" },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32" },
  /** `int epoll_create1(int flags)` */
  epoll_create1: { parameters: ["i32"], result: "i32" },
  /** `int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)` */
  epoll_ctl: { parameters: ["i32", "i32", "i32", "pointer"], result: "i32" },
  /**
   * `int epoll_wait(int epfd, struct epoll_event *events, int maxevents,
   * int timeout)`
   *
   * It runs on another thread, whose errno cannot be read, and with
   * memory of `ThreadMemory`.
   */
  epoll_wait: {
    parameters: ["i32", "pointer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  /** `int *__errno_location(void)` */
  __errno_location: { parameters: [], result: "pointer" },
  /** `void *memcpy(void *dest, const void *src, size_t n)` */
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  /** `void *malloc(size_t size)` */
  malloc: { parameters: ["usize"], result: "pointer" },
  /** `void free(void *ptr)` */
  free: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** An array or a view that covers its whole buffer. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  readonly byteLength: number;
}

/** The loaded C library, with a count of its users. */
export class Libc implements Disposable {
  static #loaded: Libc | undefined;

  readonly #library = loadSymbols(SYMBOLS);
  readonly #errnoCopy = new Int32Array(1);
  readonly #addresses = new WeakMap<Memory, Deno.PointerValue>();
  #users = 0;

  /** The functions of the table. */
  readonly symbols: Symbols = this.#library.symbols;

  private constructor() {}

  /**
   * Returns the C library for one more user, who has to dispose of it.
   *
   * @throws {Deno.errors.NotSupported} If the platform is not Linux.
   * @throws {Deno.errors.NotCapable} If the permission to use it is missing.
   */
  static acquire(): Libc {
    const libc = Libc.#loaded ??= new Libc();
    libc.#users++;
    return libc;
  }

  [Symbol.dispose](): void {
    if (--this.#users > 0) return;
    Libc.#loaded = undefined;
    this.#library.close();
  }

  /**
   * Returns the result of `call`, and throws its error if that is -1. A call that
   * a signal interrupts is repeated.
   *
   * The call has to be one that may be repeated after it failed.
   *
   * @throws {SystemError} If the call fails.
   */
  check(call: () => number, syscall: string, path?: string): number {
    return this.#assert(this.#call(call), syscall, path);
  }

  /** Returns whether `call` succeeds, ignoring errno. */
  succeeds(call: () => number): boolean {
    return this.#call(call) >= 0;
  }

  /**
   * Does the same as {@linkcode check}, but returns `undefined` if the call fails
   * with `expected`.
   *
   * This errno is trusted at once. So it has to be one that V8 does not set, or a
   * wrong one has to be harmless.
   *
   * @throws {SystemError} If the call fails with another errno.
   */
  checkUnless(
    expected: number,
    call: () => number,
    syscall: string,
    path?: string,
  ): number | undefined {
    const result = this.#call(call, expected);
    if (result === -expected) return undefined;
    return this.#assert(result, syscall, path);
  }

  /**
   * Returns the result of `call`, or `-errno`, as the kernel does.
   *
   * Before errno can be read, V8 may wait for a lock of its compiler, which also
   * sets errno (EAGAIN, ENOENT). So an errno is trusted only if two calls in a row
   * set it, or if the first call sets the expected one.
   */
  #call(call: () => number, expected = EINTR): number {
    let errno = expected;
    for (;;) {
      const result = call();
      if (result !== -1) return result;
      const before = errno;
      errno = this.#errno();
      if (errno === before && errno !== EINTR) return -errno;
    }
  }

  /**
   * Returns the address of `memory`, for functions with a pointer parameter.
   *
   * The address is valid as long as `memory` is reachable. The caller has to keep
   * it reachable until the function has returned.
   *
   * @throws {RangeError} If `memory` is only a part of its buffer.
   */
  addressOf(memory: Memory): Deno.PointerValue {
    let address = this.#addresses.get(memory);
    if (address === undefined) {
      const { memcpy, __errno_location } = this.symbols;
      // V8 may move a small array until its buffer is accessed.
      const { buffer } = memory;
      if (buffer.byteLength !== memory.byteLength) {
        throw new RangeError("Cannot give the address of a part of a buffer");
      }
      // memcpy of 0 bytes returns the address. `Deno.UnsafePointer` would need
      // more than the permission for this one library.
      address = memcpy(buffer, __errno_location(), 0n);
      this.#addresses.set(memory, address);
    }
    return address;
  }

  #assert(result: number, syscall: string, path?: string): number {
    if (result >= 0) return result;
    throw systemError(-result, syscall, path);
  }

  // Copies errno, because reading through a pointer would need more than the
  // permission for this one library.
  #errno(): number {
    const { memcpy, __errno_location } = this.symbols;
    memcpy(this.#errnoCopy, __errno_location(), 4n);
    return this.#errnoCopy[0]!;
  }
}

/**
 * Loads functions of the C library. If the permission for it is not granted, Deno
 * asks for it.
 *
 * @throws {Deno.errors.NotSupported} If the platform is not Linux.
 * @throws {Deno.errors.NotCapable} If the permission to use it is missing.
 */
export function loadSymbols<const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> {
  const [name, ...paths] = libraryNames(Deno.build);
  const isGranted = mayLoad() ||
    !paths.some((path) => mayLoad(path)) &&
      Deno.permissions.requestSync({ name: "ffi" }).state === "granted";
  // For Deno's permissions, a name without a folder is a file in the working
  // directory. So loading by name needs the permission for all libraries.
  if (isGranted) return Deno.dlopen(name, symbols);
  let reason: unknown = new Deno.errors.NotCapable(
    "Requires ffi access to the C library, run again with the --allow-ffi flag",
  );
  for (const path of paths.filter((path) => mayLoad(path))) {
    try {
      return Deno.dlopen(path, symbols);
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/** Returns whether the library at `path` may be loaded; by default, every one. */
export function mayLoad(path?: string): boolean {
  const { state, partial } = Deno.permissions.querySync({
    name: "ffi",
    ...(path !== undefined && { path }),
  });
  return state === "granted" && !partial;
}

/**
 * Returns the name of the C library, which the loader resolves, and the paths at
 * which distributions install it.
 *
 * @throws {Deno.errors.NotSupported} If `build` is not for Linux.
 */
export function libraryNames(
  { os, arch, env }: Pick<typeof Deno.build, "os" | "arch" | "env">,
): readonly [name: string, ...paths: string[]] {
  if (os !== "linux") {
    throw new Deno.errors.NotSupported(
      `Cannot use inotify on '${os}', only on Linux: use Deno.watchFs`,
    );
  }
  if (env === "musl") {
    const name = `libc.musl-${arch}.so.1`;
    return [name, `/lib/${name}`, `/lib/ld-musl-${arch}.so.1`];
  }
  const name = "libc.so.6";
  const folders = [`lib/${arch}-linux-gnu`, "lib64", "lib"];
  return [
    name,
    ...folders.flatMap((folder) => [
      `/${folder}/${name}`,
      `/usr/${folder}/${name}`,
    ]),
  ];
}
