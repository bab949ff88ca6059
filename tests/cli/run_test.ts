import { assertEquals } from "@std/assert";
import { run } from "../../lib/cli/run.ts";
import type { Source } from "../../lib/cli/source.ts";

/** Yields numbers and then waits for the signal. */
function countTo(last: number, signal: AbortSignal): Source<number> {
  return {
    subject: "numbers",
    watches: 0,
    async *batches() {
      for (let i = 1; i <= last && !signal.aborted; i++) yield [i];
      if (signal.aborted) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    async [Symbol.asyncDispose]() {},
  };
}

Deno.test("`run()` does not count the time that the sink takes", async () => {
  const taken: number[] = [];
  const timeout = 20;
  const status = await run((signal) => Promise.resolve(countTo(3, signal)), {
    async take(numbers: readonly number[]) {
      taken.push(...numbers);
      await new Promise((resolve) => setTimeout(resolve, 2 * timeout));
    },
  }, { count: Infinity, timeout, notes() {}, writesStdout: false });
  assertEquals(taken, [1, 2, 3]);
  assertEquals(status, 2);
});
