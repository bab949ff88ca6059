/** Timers, and how long they can wait. */

/** The longest that a timer waits, in milliseconds: one of more ends at once. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * What `promise` comes to, or undefined once so many milliseconds are over. The
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
