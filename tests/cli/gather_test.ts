import { assertEquals, assertRejects } from "@std/assert";
import { gather } from "../../lib/cli/gather.ts";

Deno.test("`gather()` yields at once what is there at once", async () => {
  const stream = ReadableStream.from([1, 2, 3]);
  assertEquals(await Array.fromAsync(gather(stream)), [[1, 2, 3]]);
});

Deno.test("`gather()` does not wait for what is yet to come", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* events() {
    yield* [1, 2];
    await promise;
    yield* [3, 4];
  }
  const batches = gather(events());
  assertEquals((await batches.next()).value, [1, 2]);
  resolve();
  assertEquals((await batches.next()).value, [3, 4]);
  assertEquals(await batches.next(), { done: true, value: undefined });
});

Deno.test("`gather()` throws an error behind what came before it", async () => {
  async function* events() {
    yield 1;
    await null;
    throw new Error("The end");
  }
  const batches = gather(events());
  assertEquals((await batches.next()).value, [1]);
  await assertRejects(() => batches.next(), Error, "The end");
});

Deno.test("`gather()` yields nothing of nothing", async () => {
  assertEquals(await Array.fromAsync(gather(ReadableStream.from([]))), []);
});
