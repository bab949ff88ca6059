/** `--changed`: whether files have other contents than before. */

import { toCString } from "../../kernel/byte_path.ts";
import { Libc } from "../../kernel/libc.ts";
import { isRegularFile } from "../../kernel/stat.ts";
import type { WatchEvent, WatchEventType } from "../../tree/watch_event.ts";

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/** How much of a file is read at once. */
const CHUNK_BYTES = 1 << 20;

/** Stands for the contents of anything that is not a regular file. */
const OTHER = "other";

/** The kinds that leave the contents of a file as they are. */
const HARMLESS: ReadonlySet<WatchEventType> = new Set<WatchEventType>([
  "access",
  "attrib",
  "close_nowrite",
  "close_write",
  "open",
]);

/** The kinds by which a file first appears at a path. */
const BEGINNINGS: ReadonlySet<WatchEventType> = new Set<WatchEventType>([
  "create",
  "move",
  "moved_to",
]);

/** Remembers the contents of files that had events. */
export class Contents implements Disposable {
  readonly #libc = Libc.acquire();
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  /** The contents by path; undefined if the file was missing. */
  readonly #known = new Map<string, string | undefined>();

  [Symbol.dispose](): void {
    this.#libc[Symbol.dispose]();
  }

  /**
   * Returns the events of paths whose contents differ from those at the last
   * call. If a path had no event before, the kinds of its events decide.
   */
  async changed(events: readonly WatchEvent[]): Promise<WatchEvent[]> {
    const types = new Map<string, WatchEventType[]>();
    for (const { type, path, from } of events) {
      if (path !== undefined) append(types, path, type);
      if (from !== undefined) append(types, from, "moved_from");
    }
    const changed = new Set<string>();
    for (const [path, kinds] of types) {
      if (await this.#hasChanged(path, kinds)) changed.add(path);
    }
    return events.filter(({ path, from }) =>
      path === undefined || changed.has(path) ||
      from !== undefined && changed.has(from)
    );
  }

  async #hasChanged(
    path: string,
    types: readonly WatchEventType[],
  ): Promise<boolean> {
    const isKnown = this.#known.has(path);
    const before = this.#known.get(path);
    const now = await this.#fingerprint(path);
    this.#known.set(path, now);
    if (isKnown) return now !== before;
    // A file that was created and deleted meanwhile does not count.
    if (now === undefined) return !BEGINNINGS.has(types[0]!);
    return types.some((type) => !HARMLESS.has(type));
  }

  /** Returns a text that differs for different contents; undefined for a missing file. */
  async #fingerprint(path: string): Promise<string | undefined> {
    const { open, close } = this.#libc.symbols;
    const location = this.#libc.addressOf(toCString(path));
    let fd: number;
    try {
      // A FIFO would wait for a writer.
      const flags = O_NONBLOCK | O_CLOEXEC;
      fd = this.#libc.check(() => open(location, flags), "open", path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      // A file that may not be read may have changed.
      return crypto.randomUUID();
    }
    try {
      return isRegularFile(fd, this.#libc) ? await this.#hash(fd, path) : OTHER;
    } catch {
      return crypto.randomUUID();
    } finally {
      close(fd);
    }
  }

  /** Returns a hash of the hashes of all parts, so that a file need not fit in memory. */
  async #hash(fd: number, path: string): Promise<string> {
    const { read } = this.#libc.symbols;
    const address = this.#libc.addressOf(this.#buffer);
    let hash = new Uint8Array();
    for (;;) {
      const count = this.#libc.check(
        () => read(fd, address, BigInt(CHUNK_BYTES)),
        "read",
        path,
      );
      if (count === 0) return hash.toHex();
      const chunk = new Uint8Array(hash.length + count);
      chunk.set(hash);
      chunk.set(this.#buffer.subarray(0, count), hash.length);
      hash = new Uint8Array(await crypto.subtle.digest("SHA-256", chunk));
    }
  }
}

function append(
  types: Map<string, WatchEventType[]>,
  path: string,
  type: WatchEventType,
): void {
  const list = types.get(path);
  if (list) list.push(type);
  else types.set(path, [type]);
}
