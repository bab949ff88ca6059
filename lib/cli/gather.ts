/** From events one by one to batches of them. */

/** Yields what `events` has at once, without waiting for more. */
export async function* gather<T>(
  events: AsyncIterable<T>,
): AsyncGenerator<T[]> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  for (let first = await next; !first.done; first = await next) {
    const batch = [first.value];
    let isOver = false;
    const take = async () => {
      for (;;) {
        next = iterator.next();
        const result = await next;
        if (isOver || result.done) return;
        batch.push(result.value);
      }
    };
    // What is there comes before the event loop gets its turn.
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    // An error is thrown behind this batch, not instead of it.
    await Promise.race([take().catch(() => {}), turn]);
    isOver = true;
    yield batch;
  }
}
