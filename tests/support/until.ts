/** Waits for a condition with a deadline. */

/**
 * The deadline in milliseconds. Only a broken program misses it, even on a busy
 * machine.
 */
export const DEADLINE_MS = 60_000;

/** Resolves as `promise` does; rejects after the deadline. */
export async function withDeadline<T>(
  promise: Promise<T>,
  what: string,
): Promise<T> {
  const missed = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => missed.reject(new Error(`Waited in vain for ${what}`)),
    DEADLINE_MS,
  );
  try {
    return await Promise.race([promise, missed.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the result of `look` when it is neither `undefined` nor `false`. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const found = await poll(look, DEADLINE_MS);
  if (found === undefined) throw new Error(`It never came: ${look}`);
  return found;
}

/**
 * Waits until `isTrue` returns `true`, or for the deadline. The test then asserts
 * the condition, so that its failure shows the actual value.
 */
export async function settle(
  isTrue: () => boolean,
  patience = DEADLINE_MS,
): Promise<void> {
  await poll(isTrue, patience);
}

/** Returns the lines of the file at `path` when one of them contains `text`. */
export function linesWith(text: string, path: string): Promise<string[]> {
  return until(() => {
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
    return lines.some((line) => line.includes(text)) && lines;
  });
}

/** Resolves after everything that is ready to run has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function poll<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  patience: number,
): Promise<T | undefined> {
  const end = performance.now() + patience;
  do {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 1));
  } while (performance.now() < end);
}
