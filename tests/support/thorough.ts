/** How thorough the tests are. */

/** Whether all cases are tested: `deno task test:all`. */
export const isThorough = Deno.env.has("TEST_ALL");

/** Returns the first item, or all items in a thorough run. */
export function someOf<T>(items: readonly T[]): readonly T[] {
  return isThorough ? items : items.slice(0, 1);
}

/** Returns a number, or a larger one in a thorough run. */
export function countOf(few: number, many: number): number {
  return isThorough ? many : few;
}
