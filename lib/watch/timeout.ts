/** Waits with a timeout. */

/** The longest time of a timer, in milliseconds; a longer one ends at once. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Returns the result of `promise`, or undefined after `timeout` milliseconds. The
 * timer keeps the program running, unless `isRef` is `false`.
 */
export async function withTimeout<T>(
  milliseconds: number,
  promise: Promise<T>,
  isRef = true,
): Promise<T | undefined> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(
    resolve,
    Math.min(milliseconds, MAX_TIMEOUT_MS),
    undefined,
  );
  if (!isRef) Deno.unrefTimer(timer);
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
