import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces, limited } from "../support/namespaces.ts";
import { describe } from "../support/observation.ts";
import {
  countAbove,
  countDescriptors,
  countThreads,
  countWatches,
  descriptorTargets,
} from "../support/process.ts";
import { run } from "../support/program.ts";
import { Random } from "../support/random.ts";
import { DEADLINE_MS } from "../support/until.ts";
import { countOf } from "../support/thorough.ts";

// Moments

// The kernel takes some milliseconds to close an instance.
const SEEDS = Number(Deno.env.get("ABORT_SEEDS") ?? countOf(50, 300));

Deno.test(`\`signal\` leaves nothing behind, aborted at ${SEEDS} moments`, async () => {
  using directory = new TestDirectory();
  for (let i = 0; i < 20; i++) {
    Deno.mkdirSync(directory.at(`${i % 5}/${i}`), { recursive: true });
  }
  await abortAtSome(directory, 0);
  const [descriptors, threads] = [countDescriptors(), countThreads()];
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await abortAtSome(directory, seed);
    } catch (cause) {
      throw new Error(`Failed with the seed ${seed}`, { cause });
    }
  }
  assertEquals(countDescriptors(), descriptors);
  assertEquals(countWatches(), 0);
  // A thread that is not idle yet cannot run the next call.
  assertLessOrEqual(countThreads(), threads + 20);
});

/** Opens a watcher, and aborts it after a while. Nothing may hang. */
async function abortAtSome(
  directory: TestDirectory,
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  const controller = new AbortController();
  const reason = new Error("Enough");
  const aborting = (async () => {
    // From the same turn of the event loop up to some milliseconds later.
    for (let i = random.below(20); i > 0; i--) {
      await (random.below(8) > 0
        ? null
        : new Promise((resolve) =>
          random.below(4) > 0
            ? setImmediate(resolve)
            : setTimeout(resolve, random.below(3))
        ));
      if (random.below(4) === 0) Deno.mkdirSync(directory.at(`${i}.new`));
    }
    controller.abort(reason);
  })();
  try {
    const watcher = await watch(directory.path, {
      recursive: true,
      signal: controller.signal,
    });
    const using = [watcher.sync, watcher.close].slice(0, random.below(2));
    const doing = using.map((use) => use.call(watcher).catch(() => {}));
    for await (const _ of watcher) if (random.below(50) === 0) break;
    await Promise.all([aborting, ...doing, watcher.close()]);
  } catch (error) {
    if (error !== reason) throw error;
    await aborting;
  } finally {
    for (const { name } of Deno.readDirSync(directory.path)) {
      if (name.endsWith(".new")) Deno.removeSync(directory.at(name));
    }
  }
}

// Ends of a process

const ENDS: [what: string, code: string, end: string][] = [
  ["`Deno.exit()`", "Deno.exit(3)", "3"],
  ["an uncaught error", "setTimeout(() => { throw new Error() })", "1"],
  ["an unhandled rejection", "Promise.reject(new Error())", "1"],
  ["`close()`", "watcher.close()", "0"],
  ["SIGINT", `Deno.kill(Deno.pid, "SIGINT")`, "SIGINT"],
  ["SIGTERM", `Deno.kill(Deno.pid, "SIGTERM")`, "SIGTERM"],
  ["SIGHUP", `Deno.kill(Deno.pid, "SIGHUP")`, "SIGHUP"],
];

for (const [what, code, end] of ENDS) {
  Deno.test(`a process that watches ends with ${what}`, async () => {
    using directory = new TestDirectory();
    assertEquals(await endOf(code, directory.path), end);
  });
}

/** Returns how a process ends that runs `code` while it watches. */
async function endOf(code: string, path: string): Promise<string> {
  const source = `
    import { watch } from "${import.meta.resolve("../../mod.ts")}";
    const path = ${JSON.stringify(path)};
    const watcher = await watch(path, { recursive: true });
    Array.fromAsync(watcher);
    await new Promise((resolve) => setImmediate(resolve));
    ${code};
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", "--allow-run", "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  await new Blob([source]).stream().pipeTo(child.stdin);
  const { signal, code: status } = await child.status;
  clearTimeout(deadline);
  return signal ?? `${status}`;
}

// Workers

Deno.test("a Worker that closes its watchers leaves nothing open", async () => {
  using directory = new TestDirectory();
  const url = import.meta.resolve("../support/watching_worker.ts");
  for (let i = 0; i < 10; i++) {
    const worker = new Worker(url, { type: "module" });
    worker.postMessage(directory.path);
    assertEquals(await messageOf(worker), "watching");
    assertEquals(countWatches(), 1 + countAbove(directory.path));
    worker.postMessage("close");
    assertEquals(await messageOf(worker), "closed");
    assertEquals(countWatches(), 0);
    assert(!descriptorTargets().includes("anon_inode:inotify"));
  }
});

Deno.test("a Worker that is terminated does not disturb other watchers", async () => {
  using directory = new TestDirectory();
  const outcome = await run(async ({ watch }, input) => {
    const [path, url] = JSON.parse(input);
    await using watcher = await watch(path, { events: ["create"] });
    const iterator = watcher[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(url, { type: "module" });
      worker.postMessage(path);
      await new Promise((resolve) => worker.onmessage = resolve);
      worker.terminate();
      Deno.mkdirSync(`${path}/${i}`);
      await iterator.next();
    }
    return (await Array.fromAsync(Deno.readDir(path))).length;
  }, {
    permissions: ["--allow-all"],
    input: JSON.stringify([
      directory.path,
      import.meta.resolve("../support/watching_worker.ts"),
    ]),
  });
  assertEquals(outcome, { value: 3 });
});

function messageOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
}

// Many watchers

Deno.test({
  name: "as many watchers as the limit allows work at the same time",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    const outcome = await run(async ({ watch, WatchLimitError }, input) => {
      const [path, module] = JSON.parse(input);
      const { descriptorTargets } = await import(module);
      // Deno itself may open files of its cache meanwhile.
      const countDescriptors = () =>
        descriptorTargets().filter((target: string) =>
          target.startsWith("anon_inode:") || target.startsWith(path)
        ).length;
      await (await watch(path)).close();
      const before = countDescriptors();
      const watchers: Awaited<ReturnType<typeof watch>>[] = [];
      const limit = await (async () => {
        for (;;) watchers.push(await watch(path));
      })().catch((error) => {
        if (error instanceof WatchLimitError) return error.limit;
        throw error;
      });
      const taking = watchers.map((each) =>
        each[Symbol.asyncIterator]().next()
      );
      Deno.mkdirSync(`${path}/new`);
      const types = (await Promise.all(taking)).map(({ value }) => value?.type);
      await Promise.all(watchers.map((each) => each.close()));
      // The thread that waited for them ends a moment later.
      const left = () => countDescriptors() - before;
      for (let tries = 0; tries < 10_000 && left() > 0; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return { limit, types, left: left() };
    }, {
      within: limited("instances", 34),
      permissions: ["--allow-all"],
      input: JSON.stringify([
        directory.path,
        import.meta.resolve("../support/process.ts"),
      ]),
    });
    assertEquals(outcome, {
      value: {
        limit: "user.max_inotify_instances",
        types: Array(34).fill("create"),
        left: 0,
      },
    });
  },
});

// Deleted paths

Deno.test("a watcher can be used after one of its paths was deleted", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.directory("a"), directory.directory("b")];
  const watcher = await watch([a, b], { recursive: true });
  Deno.removeSync(a);
  await watcher.sync();
  assertThrows(() => watcher.remove(a), Deno.errors.NotFound);
  await assertRejects(() => watcher.add(a), Deno.errors.NotFound);
  assertEquals(watcher.watchCount, 1 + countAbove(a));
  directory.directory("a");
  await watcher.add(a);
  directory.directory("a/new");
  await watcher.sync();
  await watcher.close();
  assertEquals(describe(await Array.fromAsync(watcher), directory.path), [
    "delete_self a",
    "create a/new/",
  ]);
});

Deno.test("a watcher can be used after its last path was deleted", async () => {
  using directory = new TestDirectory();
  const before = countDescriptors();
  const path = directory.directory("a");
  const watcher = await watch(path, { recursive: true });
  Deno.removeSync(path);
  assertEquals(describe(await Array.fromAsync(watcher), directory.path), [
    "delete_self a",
  ]);
  const { BadResource } = Deno.errors;
  await assertRejects(() => watcher.sync(), BadResource);
  await assertRejects(() => watcher.add(directory.path), BadResource);
  assertThrows(() => watcher.remove(path), BadResource);
  assertEquals(watcher.watchCount, 0);
  await watcher.close();
  assertEquals(countDescriptors(), before);
});
