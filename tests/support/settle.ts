/**
 * Waits until `isTrue`, or for so many milliseconds that a test which is to
 * find it true fails in any case.
 */
export async function settle(
  isTrue: () => boolean,
  milliseconds = 10_000,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!isTrue() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
