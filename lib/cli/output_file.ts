/** `--outfile`: a file that events are appended to. */

import { identityAt } from "../kernel/stat.ts";
import { Libc } from "../kernel/libc.ts";
import { encodeText } from "../kernel/byte_path.ts";
import type { Options } from "./arguments/options.ts";
import { requirePermission, withPath } from "./arguments/permission.ts";

/** A file that text is appended to. */
export class Outfile implements Disposable {
  readonly #path: string;
  readonly #terminator: string;
  readonly #file: Deno.FsFile;
  readonly #libc: Libc;
  readonly #identity: string | undefined;

  /**
   * Opens the file at `path`, and creates it if it does not exist.
   *
   * @throws {Deno.errors.NotCapable} If the permission to write is missing.
   */
  constructor(path: string, { terminator }: Pick<Options, "terminator">) {
    using resources = new DisposableStack();
    this.#path = path;
    this.#terminator = terminator;
    this.#libc = resources.use(Libc.acquire());
    this.#file = resources.use(openToAppend(path));
    this.#identity = identityAt(path, this.#libc);
    resources.move();
  }

  [Symbol.dispose](): void {
    this.#file.close();
    this.#libc[Symbol.dispose]();
  }

  /**
   * Returns whether `path` is this file. The file may lie in a watched tree:
   * printing the events that printing causes would never end.
   */
  isAt(path: string): boolean {
    return identityAt(path, this.#libc) === this.#identity;
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

function openToAppend(path: string): Deno.FsFile {
  requirePermission("write", path);
  try {
    return Deno.openSync(path, { append: true, create: true, mode: 0o644 });
  } catch (error) {
    throw withPath(error, { call: "open", path });
  }
}
