/**
 * Opens, watches and lists directories on file systems that may hang. Every call is
 * made on another thread, so that the program continues if the server does not
 * answer.
 */

import type { WatchHolder } from "./add_watch.ts";
import { decodePath, encodePath, joinPath } from "./byte_path.ts";
import type { Listing } from "./listing.ts";
import { ListingBuilder } from "./listing_builder.ts";
import type { SystemError } from "./errno.ts";
import { check, RemoteCalls } from "./remote_calls.ts";
import { readLink, tooLong } from "./procfs.ts";
import {
  DIRECTORY,
  findOpened,
  type FoundText,
  MAX_TEXT_SIZE,
  TEXT_FLAGS,
} from "./text_file.ts";
import {
  AT_FDCWD,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  RESOLVE_NO_SYMLINKS,
  SYS_openat2,
} from "./open_flags.ts";
import { mountOf } from "./stat.ts";

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const NO_NAME = new Uint8Array(1);
const SIZE = 64n * 1024n;

const FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC;

/** `struct open_how`: flags, mode, resolve. */
const HOW = BigUint64Array.of(BigInt(FLAGS), 0n, RESOLVE_NO_SYMLINKS);

/** Resolves when the servers have answered for all `paths`, or a path is missing. */
export async function reach(paths: readonly string[]): Promise<void> {
  using calls = new RemoteCalls();
  const status = new DataView(new ArrayBuffer(256));
  for (const path of paths) {
    await calls.statx(AT_FDCWD, encodePath(path), 0, status);
  }
}

/** How to open a directory. */
interface RemoteDirectoryOptions {
  /** The path in error messages. */
  readonly path: string;
  /** Whether to follow the symbolic links on the path: all of them, or none. */
  readonly followSymlinks: boolean;
}

/** An open directory. The watch and the listings are of the same inode. */
export class RemoteDirectory implements AsyncDisposable {
  readonly #calls: RemoteCalls;
  readonly #fd: number;
  readonly #path: string;

  private constructor(calls: RemoteCalls, fd: number, path: string) {
    this.#calls = calls;
    this.#fd = fd;
    this.#path = path;
  }

  /**
   * Opens the directory at `location`, an absolute path.
   *
   * @throws {SystemError}
   */
  static async open(
    calls: RemoteCalls,
    location: string,
    { path, followSymlinks }: RemoteDirectoryOptions,
  ): Promise<RemoteDirectory> {
    const { libc } = calls;
    const place = encodePath(location);
    const context = { syscall: "open", path, libc };
    const size = BigInt(HOW.byteLength);
    const open = (flags: number) =>
      check(
        calls.openat(AT_FDCWD, place, flags),
        () => libc.symbols.open(libc.addressOf(place), flags),
        context,
      );
    const openat2 = () =>
      check(
        calls.openat2(AT_FDCWD, place, HOW),
        () => {
          const [at, how] = [libc.addressOf(place), libc.addressOf(HOW)];
          return libc.symbols.syscall(SYS_openat2, AT_FDCWD, at, how, size);
        },
        context,
      );
    const fd = followSymlinks
      ? await open(FLAGS)
      : await openat2().catch((error: SystemError) => {
        if (error.code !== "ENOSYS" && error.code !== "EPERM") throw error;
        return open(FLAGS | O_NOFOLLOW);
      });
    return new RemoteDirectory(calls, fd, path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls.close(this.#fd);
  }

  /** Watches it with `inotify` for the events of `mask`; resolves to the watch. */
  async watch(inotify: WatchHolder, mask: number): Promise<number> {
    const { libc } = this.#calls;
    const place = encodePath(`/proc/self/fd/${this.#fd}`);
    const { fd } = inotify;
    const wd = await check(
      this.#calls.addWatch(fd, place, mask >>> 0),
      () => {
        const at = libc.addressOf(place);
        return libc.symbols.inotify_add_watch(fd, at, mask >>> 0);
      },
      { syscall: "inotify_add_watch", path: this.#path, libc },
    );
    inotify.hold?.(wd);
    return wd;
  }

  /** Returns the number of its mount. This does not ask the server. */
  mount(): bigint {
    return mountOf(this.#fd, this.#calls.libc);
  }

  /** Returns its absolute path without symbolic links. */
  realPath(): string {
    return readLink(`/proc/self/fd/${this.#fd}`, this.#calls.libc);
  }

  /**
   * Lists the whole directory. Opens it again, because some servers fix the listing
   * at open(2), and the listing has to begin after the watch.
   */
  async list(): Promise<Listing> {
    const { libc } = this.#calls;
    const flags = O_DIRECTORY | O_CLOEXEC;
    const self = encodePath(`/proc/self/fd/${this.#fd}`);
    const context = { path: this.#path, libc };
    const fd = await check(
      this.#calls.openat(AT_FDCWD, self, flags),
      () => libc.symbols.open(libc.addressOf(self), flags),
      { syscall: "open", ...context },
    );
    try {
      const buffer = new Uint8Array(Number(SIZE));
      const builder = new ListingBuilder();
      for (;;) {
        const length = await check(
          this.#calls.getdents64(fd, buffer),
          () => libc.symbols.getdents64(fd, libc.addressOf(buffer), SIZE),
          { syscall: "getdents64", ...context },
        );
        if (length === 0) return builder.build();
        await this.#add(buffer.subarray(0, length), builder);
      }
    } finally {
      await this.#calls.close(fd);
    }
  }

  /** Returns whether `name` is found in it, even if a listing spells it otherwise. */
  async has(name: string): Promise<boolean> {
    return await this.#typeOf(encodePath(name)) !== undefined;
  }

  /** Returns what is at `location`: an absolute path, or a name in it. */
  async findText(location: string): Promise<FoundText> {
    const { libc } = this.#calls;
    const isAbsolute = location.startsWith("/");
    const path = isAbsolute ? location : joinPath(this.#path, location);
    const place = isAbsolute
      ? location
      : joinPath(`/proc/self/fd/${this.#fd}`, location);
    const flags = isAbsolute ? TEXT_FLAGS : TEXT_FLAGS | O_NOFOLLOW;
    const name = encodePath(place);
    const fd = await this.#calls.openat(AT_FDCWD, name, flags);
    if (fd === -1) {
      const again = () => libc.symbols.open(libc.addressOf(name), flags);
      return findOpened(again, path, libc);
    }
    try {
      const type = await this.#typeOf(NO_NAME, fd);
      if (type === S_IFDIR) return DIRECTORY;
      if (type !== S_IFREG) return undefined;
      return { kind: "text", text: await this.#readToEnd(fd, path) };
    } catch (error) {
      return { kind: "error", error: error as Error };
    } finally {
      await this.#calls.close(fd);
    }
  }

  async #readToEnd(fd: number, path: string): Promise<string> {
    const { libc } = this.#calls;
    const chunk = new Uint8Array(Number(SIZE));
    const text = new Uint8Array(MAX_TEXT_SIZE + chunk.length);
    const again = () => libc.symbols.read(fd, libc.addressOf(chunk), SIZE);
    const context = { syscall: "read", path, libc };
    for (let size = 0; size <= MAX_TEXT_SIZE;) {
      const count = await check(this.#calls.read(fd, chunk), again, context);
      if (count === 0) return decodePath(text, 0, size);
      text.set(chunk.subarray(0, count), size);
      size += count;
    }
    throw tooLong(path, MAX_TEXT_SIZE);
  }

  /** Adds entries to `builder`, once the types of all of them are known. */
  async #add(bytes: Uint8Array, builder: ListingBuilder): Promise<void> {
    const unknown: Uint8Array<ArrayBuffer>[] = [];
    new ListingBuilder().add(bytes, bytes.length, (name) => {
      unknown.push(name.slice());
      return false;
    });
    const types: boolean[] = [];
    for (const name of unknown) {
      types.push(await this.#typeOf(name) === S_IFDIR);
    }
    // `add` asks for the types in the same order again.
    builder.add(bytes, bytes.length, () => types.shift()!);
  }

  /**
   * Returns the type of the entry `name`, a C string, in the open directory `fd`;
   * with an empty name, the type of `fd`; undefined if the entry is missing.
   */
  async #typeOf(
    name: Uint8Array<ArrayBuffer>,
    fd = this.#fd,
  ): Promise<number | undefined> {
    const status = new DataView(new ArrayBuffer(256));
    const flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
    const result = await this.#calls.statx(fd, name, flags, status);
    if (result !== 0) return undefined;
    return status.getUint16(28, true) & S_IFMT;
  }
}
