/** `--outfile`: a file that events are appended to. */

import { entryIdentityAt, identityAt } from "../kernel/stat.ts";
import { Libc } from "../kernel/libc.ts";
import { encodeText } from "../kernel/byte_path.ts";
import { withTimeout } from "../watch/timeout.ts";
import type { Options } from "./arguments/options.ts";
import { requirePermission, withPath } from "./arguments/permission.ts";

/** A file that text is appended to. */
export class Outfile implements Disposable {
  readonly #path: string;
  readonly #terminator: string;
  readonly #file: Deno.FsFile;
  readonly #libc: Libc;
  readonly #identity: string | undefined;

  private constructor(
    path: string,
    file: Deno.FsFile,
    { terminator }: Pick<Options, "terminator">,
  ) {
    this.#path = path;
    this.#terminator = terminator;
    this.#file = file;
    this.#libc = Libc.acquire();
    this.#identity = identityAt(path, this.#libc);
  }

  /**
   * Opens the file at `path`, and creates it if it does not exist. Resolves to
   * undefined if it is a FIFO that gets no reader within the timeout.
   *
   * @throws {Deno.errors.NotCapable} If the permission to write is missing.
   */
  static async open(
    path: string,
    options: Pick<Options, "terminator" | "timeout">,
  ): Promise<Outfile | undefined> {
    requirePermission("write", path);
    const opening = openToAppend(path);
    const file =
      await (options.timeout === Infinity
        ? opening
        : withTimeout(options.timeout, opening));
    return file && new Outfile(path, file, options);
  }

  [Symbol.dispose](): void {
    this.#file.close();
    this.#libc[Symbol.dispose]();
  }

  /**
   * Returns whether the entry at `path` is this file, and not a link to it. The file
   * may lie in a watched tree: printing the events that printing causes would never
   * end.
   */
  isAt(path: string): boolean {
    const identity = entryIdentityAt(path, this.#libc);
    return identity !== undefined && identity === this.#identity;
  }

  /** Appends `text`; if the disk is full, as many whole lines as fit. */
  async print(text: string): Promise<void> {
    const bytes = encodeText(text);
    let length = 0;
    try {
      while (length < bytes.length) {
        length += await this.#file.write(bytes.subarray(length));
      }
    } catch (error) {
      this.#cut(bytes.subarray(0, length));
      throw new Error(
        `Cannot write to '${this.#path}': ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  /** Removes an incomplete line at the end of `written`, the last bytes. */
  #cut(written: Uint8Array): void {
    if (this.#terminator === "") return;
    const end = written.lastIndexOf(this.#terminator.charCodeAt(0)) + 1;
    try {
      const position = this.#file.seekSync(0, Deno.SeekMode.Current);
      const size = this.#file.seekSync(0, Deno.SeekMode.End);
      // Other processes have appended something meanwhile.
      if (position !== size) return;
      this.#file.truncateSync(size - (written.length - end));
    } catch {
      // A pipe cannot be truncated.
    }
  }
}

async function openToAppend(path: string): Promise<Deno.FsFile> {
  try {
    // A FIFO without a reader would keep this thread waiting.
    return await Deno.open(path, { append: true, create: true, mode: 0o644 });
  } catch (error) {
    throw withPath(error, { call: "open", path });
  }
}
