/** Temporary directories and their contents. */

import { undoLater } from "./undo.ts";

/** A directory that is removed when it is disposed of. */
export class Scratch implements Disposable {
  readonly path: string;
  readonly #removal: Disposable;

  /** Creates it among the temporary files, or in memory. */
  constructor({ inMemory = false } = {}) {
    const dir = inMemory ? { dir: "/dev/shm" } : {};
    this.path = Deno.makeTempDirSync({ prefix: "inotify-bench-", ...dir });
    this.#removal = undoLater(() => removeTree(this.path));
  }

  [Symbol.dispose](): void {
    this.#removal[Symbol.dispose]();
  }
}

/** How long other processes may still create files in it, in milliseconds. */
const TIMEOUT_MS = 2000;

/** Removes a directory, in which ending processes may still write. */
function removeTree(path: string): void {
  for (const end = Date.now() + TIMEOUT_MS;;) {
    try {
      return Deno.removeSync(path, { recursive: true });
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== "ENOTEMPTY" || Date.now() > end) throw error;
    }
  }
}

/** Creates `count` directories in one directory, and returns their paths. */
export function makeDirectories(parent: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const path = `${parent}/directory-${i}`;
    Deno.mkdirSync(path);
    return path;
  });
}

/** Creates a tree of `depth` levels with `width` directories in each directory. */
export function makeTree(
  root: string,
  { width, depth }: { width: number; depth: number },
): number {
  if (depth === 0) return 0;
  let count = width;
  for (const path of makeDirectories(root, width)) {
    count += makeTree(path, { width, depth: depth - 1 });
  }
  return count;
}

/** Creates 6,000 directories on two levels, with 66 files in each. */
export function makeFileTree(root: string): void {
  const upper = makeDirectories(root, 60);
  const lower = upper.flatMap((path) => makeDirectories(path, 99));
  const directories = [...upper, ...lower];
  makeFiles(directories, 66 * directories.length);
}

const BYTE = new Uint8Array(1);

/**
 * Creates `count` files of one byte, spread evenly over `directories`. With a `rate`,
 * creates that many per millisecond, and catches up at once after a delay by other
 * work on the machine.
 */
export function makeFiles(
  directories: readonly string[],
  count: number,
  rate = Infinity,
): void {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    // Timers are too coarse for this.
    while (performance.now() < start + i / rate);
    const directory = directories[i % directories.length];
    Deno.writeFileSync(`${directory}/file-${i}.txt`, BYTE);
  }
}
