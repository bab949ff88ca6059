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
    this.#state = (seed >>> 0) || 1;
  }

  /** An integer of 32 bits, without a sign. */
  next(): number {
    return this.below(2 ** 32);
  }

  /** An integer from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % limit;
  }

  /** One of `choices`. */
  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)]!;
  }

  /** So many bytes, each of any value. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
