/** Reads short text files that any program may have written, such as `.gitignore`. */

import { toCString } from "./byte_path.ts";
import { ENOENT, NOT_FOUND_CODES, type SystemError } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { O_CLOEXEC } from "./open_flags.ts";
import { readToEnd } from "./procfs.ts";
import { typeOf } from "./stat.ts";

const O_NONBLOCK = 0o4000;

/** How to open such a file: a FIFO without a writer must not block. */
export const TEXT_FLAGS = O_CLOEXEC | O_NONBLOCK;

/** The longest file to read, in bytes. Files that are written by hand are shorter. */
export const MAX_TEXT_SIZE = 1024 * 1024;

/** What was found at the path of a text file; `undefined` if there is no file. */
export type FoundText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "directory" }
  | { readonly kind: "error"; readonly error: Error }
  | undefined;

/** A directory was found. */
export const DIRECTORY: FoundText = { kind: "directory" };

/** Returns the text of the file at `path`. */
export function findText(path: string, libc: Libc): FoundText {
  const location = libc.addressOf(toCString(path));
  return findOpened(() => libc.symbols.open(location, TEXT_FLAGS), path, libc);
}

/** Returns the text of the file that `open` opens; errors name `path`. */
export function findOpened(
  open: () => number,
  path: string,
  libc: Libc,
): FoundText {
  let fd: number | undefined;
  try {
    fd = libc.checkUnless(ENOENT, open, "read", path);
    if (fd === undefined) return undefined;
    const type = typeOf(fd, libc);
    if (type !== "file") return type === "directory" ? DIRECTORY : undefined;
    return { kind: "text", text: readToEnd(fd, path, libc, MAX_TEXT_SIZE) };
  } catch (error) {
    return toFound(error as Error);
  } finally {
    if (fd !== undefined) libc.symbols.close(fd);
  }
}

/** Returns what is there according to `error`. A link that is not followed is there. */
function toFound(error: Error): FoundText {
  const { code } = error as SystemError;
  const isMissing = NOT_FOUND_CODES.has(code) && code !== "ELOOP";
  return isMissing ? undefined : { kind: "error", error };
}
