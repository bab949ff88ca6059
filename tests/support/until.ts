/** How long to wait for what has to come, in milliseconds. */
const PATIENCE = 20_000;

/** What `look` returns, as soon as that is something. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`It never came: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The lines of the file at `path`, as soon as one of them has `text` in it. */
export function linesWith(text: string, path: string): Promise<string[]> {
  return until(() => {
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
    return lines.some((line) => line.includes(text)) ? lines : undefined;
  });
}
