/** Waiting for what has to come, whatever it is. */

/**
 * After how many milliseconds what was waited for will not come any more. Only
 * a broken program gets there, also on a machine that has much else to do.
 */
export const DEADLINE_MS = 60_000;

/** What `promise` resolves to; it fails if that is not to be. */
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

/** What `look` gives, as soon as it is neither `undefined` nor `false`. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const found = await poll(look, DEADLINE_MS);
  if (found === undefined) throw new Error(`It never came: ${look}`);
  return found;
}

/**
 * Waits until `isTrue`, or for so many milliseconds that a test which is to
 * find it true fails in any case, and says what there was instead.
 */
export async function settle(
  isTrue: () => boolean,
  patience = DEADLINE_MS,
): Promise<void> {
  await poll(isTrue, patience);
}

/** The lines of the file at `path`, as soon as one of them has `text` in it. */
export function linesWith(text: string, path: string): Promise<string[]> {
  return until(() => {
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
    return lines.some((line) => line.includes(text)) && lines;
  });
}

/** Resolves when all that waits for nothing more has had its turn. */
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
