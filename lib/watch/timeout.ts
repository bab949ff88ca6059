/** Timers, and how long they can wait. */

/** The longest that a timer waits, in milliseconds: one of more ends at once. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What `promise` comes to, or undefined once so many milliseconds are over. */
export async function withTimeout<T>(
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | undefined> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(
    resolve,
    Math.min(milliseconds, MAX_TIMEOUT_MS),
    undefined,
  );
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
