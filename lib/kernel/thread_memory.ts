/** Memory for calls that run on another thread. */

import { ENOMEM, systemError } from "./errno.ts";
import type { Libc, Memory } from "./libc.ts";

/**
 * Memory of the C library. If a Worker is terminated during a call on another
 * thread, the call continues. Before 2.7.6, Deno frees the memory of the Worker
 * meanwhile, and the kernel would write into memory that is used for something else.
 * The owner of this memory frees it, after the call.
 */
export class ThreadMemory implements Disposable {
  /** Its address. */
  readonly pointer: Deno.PointerObject;

  readonly #libc: Libc;

  /** Allocates `size` bytes. */
  constructor(libc: Libc, size: number) {
    this.#libc = libc;
    const pointer = libc.symbols.malloc(BigInt(size));
    if (pointer === null) throw systemError(ENOMEM, "malloc");
    this.pointer = pointer;
  }

  /** Copies from its beginning until `memory` is full. */
  copyTo(memory: Memory): void {
    const { memcpy } = this.#libc.symbols;
    memcpy(memory.buffer, this.pointer, BigInt(memory.byteLength));
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.free(this.pointer);
  }
}
