/** Asks for the events of a descriptor without waiting: poll(2). */

import { loadSymbols } from "./libc.ts";

export const POLLIN = 1;
export const POLLPRI = 2;

const SYMBOLS = {
  /** `int poll(struct pollfd *fds, nfds_t nfds, int timeout)` */
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The function, loaded until this is disposed of. */
export class Poll implements Disposable {
  readonly #library = loadSymbols(SYMBOLS);

  /** Returns whether `fd` has any of `events`. */
  isReady(fd: number, events: number): boolean {
    // struct pollfd has the events in the second half.
    const polled = Int32Array.of(fd, events);
    return this.#library.symbols.poll(polled, 1n, 0) > 0;
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}
