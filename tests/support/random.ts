/** Random input that can be had again. */

/**
 * Runs `body` with numbers from a seed that a failure names; the environment
 * variable `SEED` gives the same numbers again.
 */
export function withRandom(body: (random: Random) => void): void {
  const seed = Number(Deno.env.get("SEED") ?? Date.now());
  try {
    body(new Random(seed));
  } catch (cause) {
    throw new Error(`Failed with SEED=${seed}`, { cause });
  }
}

/** Marsaglia's xorshift with 32 bits. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spreads small seeds over all the bits; 0 would stay 0 for ever.
    this.#state = Math.imul(seed, 0x9e3779b1) || 1;
  }

  /** An integer of 32 bits, without a sign. */
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  /** An integer from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() / 2 ** 32 * limit);
  }

  /** One of `choices`, of which there has to be one. */
  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** So many bytes, each of any value. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
