/** How much of what could be tested is. */

/** Whether all of it is: `deno task test:all`. */
export const isThorough = Deno.env.has("TEST_ALL");

/** The first of these, or all of them in a thorough run. */
export function someOf<T>(items: readonly T[]): readonly T[] {
  return isThorough ? items : items.slice(0, 1);
}

/** So many, or more in a thorough run. */
export function countOf(few: number, many: number): number {
  return isThorough ? many : few;
}
