/** Requests to run the command without an event: the key Enter. */

/** Requests to run the command. */
export class RunRequests {
  #request = Promise.withResolvers<"request">();

  /** Requests a run. If the command is running, it runs once more after that. */
  add(): void {
    this.#request.resolve("request");
  }

  /** Yields `batches`, and an empty batch for each request. */
  async *mergedInto<Event>(
    batches: AsyncIterable<Event[]>,
  ): AsyncGenerator<Event[], void> {
    const iterator = batches[Symbol.asyncIterator]();
    let next = iterator.next();
    for (;;) {
      const first = await Promise.race([next, this.#request.promise]);
      if (first === "request") {
        this.#request = Promise.withResolvers();
        yield [];
      } else if (first.done) {
        return;
      } else {
        yield first.value;
        next = iterator.next();
      }
    }
  }
}
