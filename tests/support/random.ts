/** Repeatable random input. */

/**
 * Runs `body` with random numbers. A failure names their seed; the environment
 * variable `SEED` repeats them.
 */
export function withRandom(body: (random: Random) => void): void {
  const seed = Number(Deno.env.get("SEED") ?? Date.now());
  try {
    body(new Random(seed));
  } catch (cause) {
    throw new Error(`Failed with SEED=${seed}`, { cause });
  }
}

/** Random numbers by Marsaglia's xorshift with 32 bits. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spreads small seeds over all bits. 0 would stay 0.
    this.#state = Math.imul(seed, 0x9e3779b1) || 1;
  }

  /** Returns an unsigned integer of 32 bits. */
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  /** Returns an integer >= 0 and < `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() / 2 ** 32 * limit);
  }

  /** Returns one of `choices`, which must not be empty. */
  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Returns `length` random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
