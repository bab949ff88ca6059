/** Numbers of things, as people say them. */

/** `1 path`, `2 paths`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
