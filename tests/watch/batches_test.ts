import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
} from "@std/assert";
import { batches } from "../../lib/watch/batches.ts";
import { EventQueue } from "../../lib/watch/event_queue.ts";
import type { WatchEvent } from "../../mod.ts";
import { describe } from "../support/observation.ts";
import { turn } from "../support/until.ts";

type Kind =
  | "create"
  | "delete"
  | "modify"
  | "attrib"
  | "moved_from"
  | "moved_to";

function event(type: Kind, path: string, isDirectory = false): WatchEvent {
  return { type, path, isDirectory };
}

function move(from: string, path: string, isDirectory = false): WatchEvent {
  return { type: "move", from, path, isDirectory };
}

/** Returns the batches of `events`, which are all queued before. */
async function gather(
  events: WatchEvent[],
  max?: number,
  quiet = 100,
): Promise<string[][]> {
  const queue = new EventQueue<WatchEvent>(1_000);
  for (const event of events) queue.push(event);
  queue.end();
  const options = max === undefined ? { quiet } : { quiet, max };
  const gathered = await Array.fromAsync(batches(queue, options));
  return gathered.map((batch) => describe(batch, ""));
}

const ROWS: [what: string, events: WatchEvent[], batch: string[]][] = [
  ["leaves a repetition out", [
    event("modify", "/a"),
    event("modify", "/a"),
    event("modify", "/a"),
  ], ["modify a"]],
  ["keeps each kind of a path once, at its last place", [
    event("modify", "/a"),
    event("modify", "/b"),
    event("attrib", "/a"),
    event("modify", "/a"),
    event("attrib", "/b"),
    event("attrib", "/b"),
  ], ["modify b", "attrib a", "modify a", "attrib b"]],
  ["keeps each name that comes or goes", [
    event("create", "/a"),
    event("modify", "/a"),
    event("delete", "/a"),
    event("create", "/a"),
    event("modify", "/a"),
    event("modify", "/a"),
    event("delete", "/a"),
  ], [
    "create a",
    "modify a",
    "delete a",
    "create a",
    "modify a",
    "delete a",
  ]],
  ["merges across names that come and go elsewhere", [
    event("modify", "/a"),
    event("create", "/d", true),
    event("delete", "/d", true),
    event("create", "/b"),
    move("/b", "/c"),
    event("modify", "/a"),
  ], [
    "create d/",
    "delete d/",
    "create b",
    "move b -> c",
    "modify a",
  ]],
  ["keeps what happens to another file of the same path", [
    event("modify", "/a"),
    move("/a", "/b"),
    move("/c", "/a"),
    event("modify", "/a"),
    move("/a", "/b"),
    move("/c", "/a"),
  ], [
    "modify a",
    "move a -> b",
    "move c -> a",
    "modify a",
    "move a -> b",
    "move c -> a",
  ]],
  ["keeps what a directory in between makes new", [
    event("create", "/d/x"),
    event("moved_from", "/d", true),
    event("moved_to", "/d", true),
    event("create", "/d/x"),
  ], ["create d/x", "moved_from d/", "moved_to d/", "create d/x"]],
  ["keeps what happens to a file that a directory's move brings", [
    event("attrib", "/d/f"),
    move("/d", "/old", true),
    move("/x", "/d", true),
    event("attrib", "/d/f"),
    event("attrib", "/d/f"),
  ], ["attrib d/f", "move d/ -> old/", "move x/ -> d/", "attrib d/f"]],
  ["keeps what comes after an overflow, or after a path is gone", [
    event("modify", "/a"),
    { type: "overflow" },
    event("modify", "/a"),
    { type: "delete_self", path: "/a" },
    event("modify", "/a"),
  ], ["modify a", "overflow", "modify a", "delete_self a", "modify a"]],
  ["keeps each overflow", [
    { type: "overflow" },
    { type: "overflow" },
  ], ["overflow", "overflow"]],
];

for (const [what, events, batch] of ROWS) {
  Deno.test(`\`batches()\` ${what}`, async () => {
    assertEquals(await gather(events), [batch]);
  });
}

Deno.test("`batches()` yields up to `max` events at once", async () => {
  const events = ["/a", "/b", "/c", "/d", "/e"].map((path) =>
    event("create", path)
  );
  assertEquals(await gather(events, 2), [
    ["create a", "create b"],
    ["create c", "create d"],
    ["create e"],
  ]);
  assertEquals(await gather(events, 5), [
    events.map((event) => describe([event], "")[0]!),
  ]);
});

Deno.test("`batches()` merges no events of two batches", async () => {
  const events = [event("modify", "/a"), event("modify", "/a")];
  assertEquals(await gather(events, 1), [["modify a"], ["modify a"]]);
});

Deno.test("`batches()` yields no empty batch", async () => {
  assertEquals(await gather([]), []);
});

Deno.test("`batches()` ends a batch after `quiet` milliseconds without an event", async () => {
  const queue = new EventQueue<WatchEvent>(10);
  const gathering = batches(queue, { quiet: 50 });
  let last = performance.now();
  const pushing = (async () => {
    for (const path of ["/a", "/b", "/c"]) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      last = performance.now();
      queue.push(event("create", path));
    }
  })();
  const lines: string[] = [];
  while (!lines.includes("create c")) {
    const { value } = await gathering.next();
    lines.push(...describe(value ?? [], ""));
  }
  // Timers count in whole milliseconds.
  assertGreaterOrEqual(performance.now() - last, 49);
  assertEquals(lines, ["create a", "create b", "create c"]);
  await pushing;
  await gathering.return();
});

Deno.test("`batches()` with `quiet: 0` yields all queued events unmerged", async () => {
  const queue = new EventQueue<WatchEvent>(10);
  const taking = batches(queue, { quiet: 0 });
  const first = [event("modify", "/a"), event("modify", "/a")];
  for (const each of first) queue.push(each);
  assertEquals((await taking.next()).value, first);

  // It yields events that arrive together, but not those that arrive later.
  const next = taking.next();
  const second = [event("attrib", "/a"), event("create", "/b")];
  for (const each of second) queue.push(each);
  assertEquals((await next).value, second);
  queue.push(event("delete", "/b"));
  assertEquals((await taking.next()).value, [event("delete", "/b")]);

  queue.push(event("create", "/c"));
  queue.end({ reason: new RangeError("no") });
  assertEquals((await taking.next()).value, [event("create", "/c")]);
  await assertRejects(() => taking.next(), RangeError, "no");
});

Deno.test("`batches()` ends a batch after ten times the quiet time by default", async () => {
  const queue = new EventQueue<WatchEvent>(1_000_000);
  const gathering = batches(queue, { quiet: 50 });
  // Events continue until long after the batch has to end.
  const enough = 750;
  let count = 0;
  const pushing = setInterval(() => {
    queue.push(event("create", `/${count++}`));
    if (count === enough) clearInterval(pushing);
  }, 2);
  const { value } = await gathering.next();
  clearInterval(pushing);
  assertLess(value!.length, enough);
  await gathering.return();
});

for (const max of [0, -1, NaN]) {
  Deno.test({
    name: `\`batches()\` yields one event at once if \`max\` is ${max}`,
    timeout: 10_000,
    async fn() {
      const events = [event("create", "a"), event("create", "b")];
      assertEquals(await gather(events, max), [["create a"], ["create b"]]);
      assertEquals(await gather(events, max, 0), [["create a"], ["create b"]]);
    },
  });
}

Deno.test("`batches()` with `quiet: 0` respects `max`, and frees the queue", async () => {
  const queue = new EventQueue<WatchEvent>(3);
  for (const path of ["/a", "/b", "/c"]) queue.push(event("create", path));
  const room = queue.waitForRoom();
  const taking = batches(queue, { quiet: 0, max: 2 });
  assertEquals((await taking.next()).value?.length, 2);
  await room;
  queue.end();
  assertEquals((await taking.next()).value, [event("create", "/c")]);
  assert((await taking.next()).done);
});

Deno.test("`batches()` yields the last batch when the queue ends", async () => {
  const queue = new EventQueue<WatchEvent>(10);
  const gathering = batches(queue, { quiet: 60_000 });
  const first = gathering.next();
  queue.push(event("create", "/a"));
  await turn();
  queue.end();
  assertEquals((await first).value, [event("create", "/a")]);
  assert((await gathering.next()).done);
});

Deno.test("`batches()` yields the events before an error, then throws it", async () => {
  const queue = new EventQueue<WatchEvent>(10);
  const gathering = batches(queue, { quiet: 60_000 });
  const first = gathering.next();
  queue.push(event("create", "/a"));
  await turn();
  queue.end({ reason: new RangeError("no") });
  assertEquals((await first).value, [event("create", "/a")]);
  await assertRejects(() => gathering.next(), RangeError, "no");
});

/** Returns a queue that gets one event after the other, until it is disposed of. */
function busyQueue(
  path: string,
): Disposable & { queue: EventQueue<WatchEvent> } {
  const queue = new EventQueue<WatchEvent>(1_000);
  const timer = setInterval(() => queue.push(event("modify", path)), 5);
  return { queue, [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test("`batches()` ends a batch after `maxWait`, even if changes continue", async () => {
  using busy = busyQueue("/a");
  const { queue } = busy;
  const gathering = batches(queue, { quiet: 30_000, maxWait: 50 });
  for (let round = 0; round < 3; round++) {
    assertEquals((await gathering.next()).value, [event("modify", "/a")]);
  }
  queue.end();
  await Array.fromAsync(gathering);
});

Deno.test("`batches()` waits at most ten times `quiet` by default", async () => {
  using busy = busyQueue("/a");
  const { queue } = busy;
  const gathering = batches(queue, { quiet: 100 });
  await queue.ready();
  const start = performance.now();
  assertEquals((await gathering.next()).value, [event("modify", "/a")]);
  assertGreaterOrEqual(performance.now() - start, 999);
  queue.end();
  await Array.fromAsync(gathering);
});

Deno.test("`batches()` merges the queued events with `maxWait: 0`", async () => {
  const queue = new EventQueue<WatchEvent>(10);
  const gathering = batches(queue, { quiet: 30_000, maxWait: 0 });
  for (const path of ["/a", "/b", "/a"]) queue.push(event("modify", path));
  assertEquals((await gathering.next()).value, [
    event("modify", "/b"),
    event("modify", "/a"),
  ]);
  queue.push(event("create", "/b"));
  assertEquals((await gathering.next()).value, [event("create", "/b")]);
  await gathering.return();
});

Deno.test("`batches()` can wait longer than the longest timer", async () => {
  for (const quiet of [2 ** 31, Infinity]) {
    const queue = new EventQueue<WatchEvent>(10);
    const gathering = batches(queue, { quiet });
    const first = gathering.next();
    queue.push(event("create", "/a"));
    await turn();
    // A timer with a longer time would end after one millisecond, before this one.
    await new Promise((resolve) => setTimeout(resolve, 5));
    queue.push(event("create", "/b"));
    queue.end();
    assertEquals((await first).value?.length, 2);
  }
});
