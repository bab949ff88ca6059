import { assert, assertEquals, assertRejects } from "@std/assert";
import { EventQueue } from "../../lib/watch/event_queue.ts";
import { turn } from "../support/until.ts";

/** Returns whether `promise` is settled after all other tasks have run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => settled = true;
  promise.then(settle, settle);
  await turn();
  return settled;
}

Deno.test("`shift()` returns items in the order in which they were pushed", () => {
  const queue = new EventQueue<number>(10);
  assertEquals(queue.shift(), undefined);
  const taken = [];
  for (let i = 0; i < 100; i++) {
    queue.push(3 * i);
    queue.push(3 * i + 1);
    queue.push(3 * i + 2);
    taken.push(queue.shift(), queue.shift());
  }
  assertEquals(queue.size, 100);
  while (queue.size > 0) taken.push(queue.shift());
  assertEquals(taken, Array.from({ length: 300 }, (_, i) => i));
  assertEquals(queue.shift(), undefined);
});

Deno.test("`ready()` waits for an item", async () => {
  const queue = new EventQueue<string>(10);
  const ready = queue.ready();
  assert(!await isSettled(ready));
  queue.push("a");
  assertEquals(await ready, true);
  assertEquals(await queue.ready(), true);
  assertEquals(queue.shift(), "a");
});

Deno.test("`next()` passes each item to one waiting caller, in order", async () => {
  const queue = new EventQueue<string>(10);
  const taking = [queue.next(), queue.next(), queue.next()];
  queue.push("a");
  queue.push("b");
  assert(!await isSettled(Promise.all(taking)));
  queue.push("c");
  queue.push("d");
  assertEquals(queue.size, 1);
  taking.push(queue.next());
  assertEquals(
    (await Promise.all(taking)).map(({ value }) => value),
    ["a", "b", "c", "d"],
  );
  const last = queue.next();
  queue.end();
  assertEquals(await last, { done: true, value: undefined });
  assertEquals(await queue.next(), { done: true, value: undefined });
});

Deno.test("`next()` rejects with the error", async () => {
  const queue = new EventQueue<string>(10);
  const waiting = queue.next();
  queue.end({ reason: new RangeError("no") });
  await assertRejects(() => waiting, RangeError, "no");
  await assertRejects(() => queue.next(), RangeError, "no");
});

Deno.test("`hasHandedOver()` returns whether a waiting consumer got an item", async () => {
  const queue = new EventQueue<string>(10);
  queue.push("a");
  assert(!queue.hasHandedOver());
  await queue.next();
  const waiting = queue.next();
  queue.push("b");
  assert(queue.hasHandedOver());
  assert(!queue.hasHandedOver());
  await waiting;
});

Deno.test("`end()` ends the queue after the queued items", async () => {
  const queue = new EventQueue<string>(10);
  queue.push("a");
  queue.end();
  assertEquals(await queue.ready(), true);
  assertEquals(queue.shift(), "a");
  assertEquals(await queue.ready(), false);
});

Deno.test("`end()` wakes all waiting callers", async () => {
  const queue = new EventQueue<string>(0);
  const waiting = [queue.ready(), queue.ready(), queue.waitForRoom()];
  queue.end();
  assertEquals(await Promise.all(waiting), [false, false, undefined]);
});

Deno.test("`end()` throws its error after the queued items, to each caller", async () => {
  const queue = new EventQueue<string>(10);
  queue.push("a");
  queue.end({ reason: new RangeError("no") });
  queue.end();
  assertEquals(await queue.ready(), true);
  queue.shift();
  await assertRejects(() => queue.ready(), RangeError, "no");
  await assertRejects(() => queue.ready(), RangeError, "no");
});

Deno.test("`waitForRoom()` waits until fewer items than the mark are queued", async () => {
  const queue = new EventQueue<string>(2);
  queue.push("a");
  await queue.waitForRoom();
  queue.push("b");
  queue.push("c");
  assert(queue.isFull);
  const room = queue.waitForRoom();
  queue.shift();
  assert(!await isSettled(room));
  queue.shift();
  assert(await isSettled(room));
  assert(!queue.isFull);
});

Deno.test("`isFull` counts what the items weigh", async () => {
  const limit = { maxWeight: 6, weigh: (item: string) => item.length };
  const queue = new EventQueue<string>(10, limit);
  for (const item of ["a", "bcd", "ef"]) queue.push(item);
  assert(queue.isFull);
  const waiting = queue.waitForRoom();
  assertEquals(queue.shift(), "a");
  assert(!queue.isFull);
  await waiting;
  queue.push("gh");
  assert(queue.isFull);
  assertEquals(queue.drain(2), ["bcd", "ef"]);
  assert(!queue.isFull);
});
