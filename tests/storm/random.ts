/** Numbers that look random and are the same for the same seed. */

/** A xorshift generator of 32 bits. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spreads small seeds over all the bits; 0 would stay 0 for ever.
    this.#state = Math.imul(seed, 0x9e3779b1) || 1;
  }

  /** A whole number from 0 up to `limit`, which it never is. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor((this.#state >>> 0) / 2 ** 32 * limit);
  }

  /** One of `list`. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
