/**
 * The C library: the only file that loads it.
 *
 * That happens for its first user, and it is unloaded with its last, so that
 * neither importing this module asks for a permission nor a test that closed
 * everything leaks.
 */

import { EINTR, systemError } from "./errno.ts";

// What watching takes. Deno compiles code for each of them, which takes some 0.08
// milliseconds, and as much again for each "buffer": so memory is passed by its
// address, and what few programs need is loaded by those that do.
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
   * `long syscall(long number, ...)`, for those that have no function: the rest
   * is what openat2(2) takes,
   * `int dirfd, const char *path, const struct open_how *how, size_t size`, and
   * by chance rt_sigaction(2), `int signum, const struct sigaction *act, struct
   * sigaction *oldact, size_t sigsetsize`. The first two are enough for
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
   * On another thread, where its errno stays out of reach.
   */
  epoll_wait: {
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  /** `int *__errno_location(void)` */
  __errno_location: { parameters: [], result: "pointer" },
  /** `void *memcpy(void *dest, const void *src, size_t n)` */
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** An array or a view that is all of its buffer. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  readonly byteLength: number;
}

/** The C library as one of its users holds it, until it disposes of it. */
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
   * The C library, loaded if this is its first user.
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
   * What `call` returns, made again where a signal interrupts it, or its error
   * where that is -1.
   *
   * It has to be a call that may be made again after it failed.
   */
  check(call: () => number, syscall: string, path?: string): number {
    return this.#assert(this.#call(call), syscall, path);
  }

  /** Whether `call` succeeds, for whom the reason does not matter. */
  succeeds(call: () => number): boolean {
    return this.#call(call) >= 0;
  }

  /**
   * As {@linkcode check}, but `undefined` where it fails with `expected`.
   *
   * That is believed at once, so it has to be one that V8 does not set, or that
   * does no harm where it is not true.
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
   * What `call` returns, or `-errno`, as the kernel does.
   *
   * Before errno can be read V8 may wait for a lock that its compiler holds,
   * which sets errno, too (EAGAIN, ENOENT). So a code counts when two calls in a
   * row give it, or the first one the code that is expected.
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
   * Where `memory` is, for functions that take a pointer.
   *
   * It stays there for as long as it is reachable: see to it that it is until
   * they have returned.
   *
   * @throws {RangeError} If it is a part of its buffer.
   */
  addressOf(memory: Memory): Deno.PointerValue {
    let address = this.#addresses.get(memory);
    if (address === undefined) {
      const { memcpy, __errno_location } = this.symbols;
      // V8 moves small arrays about, until they are asked for their buffer.
      const { buffer } = memory;
      if (buffer.byteLength !== memory.byteLength) {
        throw new RangeError("Cannot give the address of a part of a buffer");
      }
      // To copy nothing, since `Deno.UnsafePointer` wants more than the
      // permission for this one library.
      address = memcpy(buffer, __errno_location(), 0n);
      this.#addresses.set(memory, address);
    }
    return address;
  }

  #assert(result: number, syscall: string, path?: string): number {
    if (result >= 0) return result;
    throw systemError(-result, syscall, path);
  }

  // A copy, because reading through a pointer wants more than the permission
  // for this one library.
  #errno(): number {
    const { memcpy, __errno_location } = this.symbols;
    memcpy(this.#errnoCopy, __errno_location(), 4n);
    return this.#errnoCopy[0]!;
  }
}

/**
 * Loads functions of the C library, by a name that may be loaded without asking;
 * where there is none, Deno asks.
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
  // To Deno a name without a folder is a file in the working directory; nothing
  // but the whole permission covers what the loader finds under it.
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

/** Whether the library at `path` may be loaded; without one, any library. */
export function mayLoad(path?: string): boolean {
  const { state, partial } = Deno.permissions.querySync({
    name: "ffi",
    ...(path !== undefined && { path }),
  });
  return state === "granted" && !partial;
}

/**
 * What the C library is called: its name, which the loader resolves, and then
 * where the distributions install it.
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
