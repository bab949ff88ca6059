/** Small files and links, without Deno's permission to read. */

import { EINVAL } from "./errors.ts";
import type { Libc } from "./libc.ts";
import { decodePath, toCString } from "./path.ts";

const O_CLOEXEC = 0o2000000;

/** What a symbolic link says, read before the next one is. */
const target = new Uint8Array(4096);

/** The text at `path`, whole: its size is known only by reading. */
export function readText(path: string, libc: Libc): string {
  const { open, read, close } = libc.symbols;
  const location = toCString(path);
  const fd = libc.check(() => open(location, O_CLOEXEC), "open", path);
  try {
    let bytes = new Uint8Array(4096);
    let length = 0;
    for (;;) {
      const free = bytes.subarray(length);
      const count = libc.check(
        () => read(fd, free, BigInt(free.length)),
        "read",
        path,
      );
      if (count === 0) return decodePath(bytes, 0, length);
      length += count;
      if (count === free.length) bytes = doubled(bytes);
    }
  } finally {
    close(fd);
  }
}

/** Where the symbolic link at `location`, which errors call `path`, points. */
export function readLink(
  location: string,
  libc: Libc,
  path: string = location,
): string {
  const length = libc.check(filling(location, libc), "readlink", path);
  return decodePath(target, 0, length);
}

/** The same, but `undefined` if there is something else than a link. */
export function readLinkIfAny(
  location: string,
  libc: Libc,
  path: string,
): string | undefined {
  const call = filling(location, libc);
  const length = libc.checkUnless(EINVAL, call, "readlink", path);
  return length === undefined ? undefined : decodePath(target, 0, length);
}

/** The call that fills `target`. */
function filling(location: string, libc: Libc): () => number {
  const bytes = toCString(location);
  return () => libc.symbols.readlink(bytes, target, 4096n);
}

function doubled(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
