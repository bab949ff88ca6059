import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { IN, Inotify } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { describe } from "../support/events.ts";
import {
  countDescriptors,
  countThreads,
  descriptorTarget,
} from "../support/process.ts";
import { countOf } from "../support/thorough.ts";

function assertClosed(inotify: Inotify): void {
  assertThrows(
    () => inotify.read(),
    Deno.errors.BadResource,
    "Cannot use the inotify instance: it is closed",
  );
}

/** The ways to close an instance that has queued the event of a file `a`. */
const ENDINGS: [what: string, end: (inotify: Inotify) => unknown][] = [
  ["`close()`", (inotify) => inotify.close()],
  ["`using`", (inotify) => {
    using _inotify = inotify;
  }],
  ["`await using`", async (inotify) => {
    await using _inotify = inotify;
  }],
  ["`break`", async (inotify) => {
    for await (const { name } of inotify.readable) if (name === "a") break;
  }],
  ["an error in the loop", async (inotify) => {
    try {
      for await (const { name } of inotify.readable) throw new Error(name);
    } catch (error) {
      assertEquals((error as Error).message, "a");
    }
  }],
  ["`readable.cancel()`", (inotify) => inotify.readable.cancel()],
  ["`cancel()` of a reader that waits", async (inotify) => {
    inotify.read();
    const reader = inotify.readable.getReader();
    const next = reader.read();
    await reader.cancel();
    assert((await next).done);
  }],
  ["the end of a pipe", async (inotify) => {
    const signal = AbortSignal.abort();
    const pipe = inotify.readable.pipeTo(new WritableStream(), { signal });
    await assertRejects(() => pipe, DOMException);
  }],
];

for (const [what, end] of ENDINGS) {
  Deno.test(`${what} closes the instance`, async () => {
    using directory = new TestDirectory();
    const inotify = new Inotify();
    inotify.addWatch(directory.path, IN.CREATE);
    directory.file("a");
    await end(inotify);
    assertClosed(inotify);
    assert(descriptorTarget(inotify.fd) !== "anon_inode:inotify");
  });
}

Deno.test("`values({ preventCancel: true })` keeps the instance open", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  for (const expected of ["a", "b"]) {
    directory.file(expected);
    const events = inotify.readable.values({ preventCancel: true });
    for await (const { name } of events) {
      assertEquals(name, expected);
      break;
    }
  }
});

Deno.test("`close()` ends a waiting iteration", async () => {
  using directory = new TestDirectory();
  const inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  directory.file("a");
  const names = [];
  for await (const { name } of inotify.readable) {
    names.push(name);
    // The loop waits for the next event before a timer can run.
    setTimeout(() => inotify.close());
  }
  assertEquals(names, ["a"]);
});

Deno.test("`close()` makes every `wait()` resolve to false", async () => {
  const inotify = new Inotify();
  const waiting = [inotify.wait(), inotify.wait(), inotify.wait(10_000)];
  const closed = inotify.close();
  assertEquals(await Promise.all(waiting), [false, false, false]);
  await closed;
  assertEquals(await inotify.wait(), false);
});

Deno.test("`close()` discards queued events", async () => {
  using directory = new TestDirectory();
  const inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  directory.file("a");
  inotify.close();
  assertEquals(await Array.fromAsync(inotify.readable), []);
});

Deno.test("`close()` does nothing the second time", async () => {
  const inotify = new Inotify();
  const waiting = inotify.wait();
  const first = inotify.close();
  assertStrictEquals(inotify.close(), first);
  await first;
  assertEquals(await waiting, false);
  // The descriptors belong to another instance now, which would fail if they were used.
  using other = new Inotify();
  await inotify.close();
  inotify[Symbol.dispose]();
  await inotify[Symbol.asyncDispose]();
  const start = performance.now();
  await other.wait(20);
  assertGreaterOrEqual(performance.now() - start, 20);
  assertEquals(other.read(), []);
});

const USES: [what: string, use: (inotify: Inotify) => unknown][] = [
  ["addWatch", (inotify) => inotify.addWatch("/", IN.CREATE)],
  ["rmWatch", (inotify) => inotify.rmWatch(1)],
  ["read", (inotify) => inotify.read()],
];

for (const [what, use] of USES) {
  Deno.test(`\`${what}()\` throws after close`, () => {
    const inotify = new Inotify();
    inotify.addWatch("/", IN.CREATE);
    inotify.close();
    assertThrows(
      () => use(inotify),
      Deno.errors.BadResource,
      "Cannot use the inotify instance: it is closed",
    );
  });
}

Deno.test("`close()` closes the descriptor at once, and nothing polls its number", async () => {
  using directory = new TestDirectory();
  let reused = 0;
  for (let round = 0; round < 50; round++) {
    const inotify = new Inotify();
    const waiting = inotify.wait();
    const closed = inotify.close();
    assert(descriptorTarget(inotify.fd) !== "anon_inode:inotify");
    // The next instance may get the same number while the thread is still running.
    using other = new Inotify();
    if (other.fd === inotify.fd) reused++;
    other.addWatch(directory.path, IN.CREATE);
    await closed;
    assertEquals(await waiting, false);

    using next = new Inotify();
    next.addWatch(directory.path, IN.CREATE);
    const events = Promise.all([next.wait(), other.wait()]);
    directory.file(`${round}`);
    assertEquals(await events, [true, true]);
    assertClosed(inotify);
    assertEquals(describe(next.read()), [`1 IN_CREATE ${round}`]);
    assertEquals(describe(other.read()), [`1 IN_CREATE ${round}`]);
  }
  assertGreater(reused, 0);
});

const ROUNDS = countOf(2_000, 10_000);

Deno.test(`\`Inotify\` leaks nothing in ${ROUNDS} rounds`, async () => {
  // As long as this instance is open, the C library stays loaded.
  await using _open = new Inotify();
  // Deno keeps the threads and descriptors that it opens in the first rounds.
  await openAndClose(20);
  const descriptors = countDescriptors();
  const threads = countThreads();
  await openAndClose(ROUNDS);
  assertEquals(countDescriptors(), descriptors);
  // A thread that is not idle yet cannot run the next call.
  assertLessOrEqual(countThreads(), threads + 20);
});

/** Opens and closes `count` instances, every other one while it waits. */
async function openAndClose(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const inotify = new Inotify();
    const waiting = round % 2 === 0 ? inotify.wait() : undefined;
    await inotify.close();
    await waiting;
  }
}

Deno.test("many instances can wait at once without blocking Deno", async () => {
  using directory = new TestDirectory();
  const file = directory.file("before");
  using stack = new DisposableStack();
  const instances = Array.from(
    { length: 60 },
    () => stack.use(new Inotify()),
  );
  const waiting = instances.map((inotify) => {
    inotify.addWatch(directory.path, IN.CREATE);
    return inotify.wait();
  });
  assertEquals(await Deno.readTextFile(file), "");
  directory.file("a");
  assert((await Promise.all(waiting)).every((isOpen) => isOpen));
  for (const inotify of instances) {
    assertEquals(describe(inotify.read()), ["1 IN_CREATE a"]);
  }
});
