import { libraryNames } from "../../lib/kernel/libc.ts";

const SYMBOLS = {
  /** `int dup(int fd)` */
  dup: { parameters: ["i32"], result: "i32" },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Duplicates the descriptor `fd` until the result is disposed of. Unlike Deno's own
 * descriptors, the duplicate is inherited by processes that are started meanwhile.
 */
export function inheritable(fd: number): Disposable {
  const libc = Deno.dlopen(libraryNames(Deno.build)[0], SYMBOLS);
  const copy = libc.symbols.dup(fd);
  return {
    [Symbol.dispose]() {
      libc.symbols.close(copy);
      libc.close();
    },
  };
}
