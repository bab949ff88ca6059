import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type SystemError,
  watch,
  type Watcher,
  type WatchEvent,
  type WatchEventType,
} from "../mod.ts";
import { libraryNames } from "../lib/libc.ts";
import { countDirectories, readTree } from "./storm/model.ts";
import { TestDirectory } from "./support/directory.ts";
import { Observation } from "./support/observation.ts";
import { countDescriptors, countWatches } from "./support/process.ts";
import { run } from "./support/program.ts";
import { makeDirectory, makeFile } from "./support/system.ts";

function toNames(events: Iterable<WatchEvent>): string[] {
  return [...events].map((event) =>
    "path" in event ? event.path.replace(/.*\//, "") : event.type
  );
}

// What is watched

Deno.test("`watch()` rejects a path that does not exist, and leaks nothing", async () => {
  using directory = new TestDirectory();
  const before = countDescriptors();
  const path = directory.at("missing");
  const error = await assertRejects(() => watch([directory.path, path]));
  assertInstanceOf(error, Deno.errors.NotFound);
  assertEquals(
    error.message,
    `No such file or directory (os error 2): watch '${path}'`,
  );
  const { code, syscall, path: about } = error as unknown as SystemError;
  assertEquals(code, "ENOENT");
  assertEquals(syscall, "inotify_add_watch");
  assertEquals(about, path);
  assertEquals(countDescriptors(), before);
});

const BAD_PATHS: [path: string, Class: new () => Error, text: string][] = [
  ["", Deno.errors.NotFound, "No such file or directory (os error 2)"],
  ["file/a", Deno.errors.NotADirectory, "Not a directory (os error 20)"],
  ["file/", Deno.errors.NotADirectory, "Not a directory (os error 20)"],
  ["dangling", Deno.errors.NotFound, "No such file or directory (os error 2)"],
  [
    "loop",
    Deno.errors.FilesystemLoop,
    "Too many levels of symbolic links (os error 40)",
  ],
  ["a".repeat(256), Error, "File name too long (os error 36)"],
];

for (const [path, Class, text] of BAD_PATHS) {
  Deno.test(`\`watch()\` rejects the path '${path.slice(0, 20)}'`, async () => {
    using directory = new TestDirectory();
    directory.file("file");
    Deno.symlinkSync("nothing", directory.at("dangling"));
    Deno.symlinkSync("loop", directory.at("loop"));
    const before = countDescriptors();
    using _place = new WorkingDirectory(directory.path);
    const error = await assertRejects(() => watch(path));
    assertInstanceOf(error, Class);
    assertEquals(error.message, `${text}: watch '${path}'`);
    assertEquals(countDescriptors(), before);
  });
}

Deno.test("`watch()` rejects a path with a NUL", async () => {
  const before = countDescriptors();
  const error = await assertRejects(() => watch("/\0a"), TypeError);
  assertEquals(
    error.message,
    "Cannot use the path '/\\0a': it contains a NUL byte",
  );
  assertEquals(countDescriptors(), before);
});

/** Makes a directory the working directory, for as long as it is in use. */
class WorkingDirectory implements Disposable {
  readonly #before = Deno.cwd();

  constructor(path: string) {
    Deno.chdir(path);
  }

  [Symbol.dispose](): void {
    Deno.chdir(this.#before);
  }
}

Deno.test("`watch()` takes relative paths, from where it was called", async () => {
  using directory = new TestDirectory();
  using other = new TestDirectory();
  for (const { path } of [directory, other]) {
    Deno.mkdirSync(`${path}/a/b`, { recursive: true });
  }
  directory.file("file");
  await using told = await (async () => {
    using _place = new WorkingDirectory(directory.path);
    const watcher = await watch(["a", "file"], { recursive: true });
    return new Observation(watcher, "");
  })();
  using _place = new WorkingDirectory(other.path);
  Deno.renameSync(directory.at("a/b"), directory.at("a/c"));
  Deno.mkdirSync(directory.at("a/new/d"), { recursive: true });
  Deno.mkdirSync(other.at("a/b/never"));
  Deno.removeSync(directory.at("file"));
  directory.file("file");
  assertEquals(await told.take(), [
    "move a/b/ -> a/c/",
    "create a/new/",
    "attrib file",
    "delete file",
    "create file",
    "close_write file",
    "create a/new/d/ synthetic",
  ]);
});

const SPELLINGS: [path: string, entry: string][] = [
  ["root", "root/new"],
  ["root/", "root/new"],
  ["./root//", "./root//new"],
  ["root/.", "root/./new"],
  ["root/../root", "root/../root/new"],
  ["link", "link/new"],
  [".", "./new"],
];

for (const [path, entry] of SPELLINGS) {
  Deno.test(`\`watch()\` puts the names behind '${path}' as it was given`, async () => {
    using directory = new TestDirectory();
    directory.directory("root");
    Deno.symlinkSync("root", directory.at("link"));
    using _place = new WorkingDirectory(directory.path);
    await using watcher = await watch(path, { events: ["create"] });
    Deno.mkdirSync(entry);
    await watcher.sync();
    await watcher.close();
    const event = { type: "create", path: entry, isDirectory: true };
    assertEquals(await Array.fromAsync<unknown>(watcher), [event]);
  });
}

Deno.test("`watch()` puts names behind '/' without another slash", async () => {
  await using watcher = await watch("/", { events: ["create", "attrib"] });
  using directory = new TestDirectory();
  const top = `/${directory.path.split("/")[1]}`;
  Deno.chmodSync(top, Deno.statSync(top).mode! & 0o7777);
  const events = watcher[Symbol.asyncIterator]();
  assertEquals((await events.next()).value, {
    type: "attrib",
    path: top,
    isDirectory: true,
  });
});

Deno.test("`watch()` takes URLs", async () => {
  using directory = new TestDirectory();
  directory.directory("a b%");
  directory.file("é");
  await using watcher = await watch([
    new URL(`file://${directory.path}/a%20b%25`),
    new URL(`file://${directory.path}/é`),
  ], { events: ["create", "attrib"] });
  directory.directory("a b%/new");
  Deno.chmodSync(directory.at("é"), 0o600);
  await watcher.sync();
  watcher.remove(new URL(`file://${directory.path}/a%20b%25`));
  await watcher.close();
  assertEquals(await Array.fromAsync<unknown>(watcher), [
    { type: "create", path: directory.at("a b%/new"), isDirectory: true },
    { type: "attrib", path: directory.at("é"), isDirectory: false },
  ]);
});

Deno.test("`watch()` follows directories and files whose names are not UTF-8", async () => {
  using directory = new TestDirectory();
  makeDirectory(directory.at("caf\udce9"));
  makeDirectory(directory.at("caf\udce9/\udcff"));
  makeFile(directory.at("caf\udce9/\udcff/\udcfe"));
  const root = directory.path;
  const options = { recursive: true, initial: true };
  await using told = new Observation(await watch(root, options), root);
  makeDirectory(directory.at("caf\udce9/\udcff/new"));
  makeFile(directory.at("caf\udce9/\udcff/new/\udcfd"));
  assertEquals(await told.take(), [
    "create caf\udce9/ synthetic",
    "create caf\udce9/\udcff/ synthetic",
    "create caf\udce9/\udcff/\udcfe synthetic",
    "create caf\udce9/\udcff/new/",
    "create caf\udce9/\udcff/new/\udcfd synthetic",
  ]);

  const inner = directory.at("caf\udce9/\udcff");
  await using other = new Observation(await watch(inner), inner);
  makeFile(directory.at("caf\udce9/\udcff/file"));
  assertEquals(await other.take(), ["create file"]);
  assertEquals(await told.take(), ["create caf\udce9/\udcff/file"]);
});

Deno.test("`watch()` takes 200 paths with one instance", async () => {
  using directory = new TestDirectory();
  const paths = Array.from(
    { length: 200 },
    (_, i) => directory.directory(`${i}`),
  );
  const before = countInstances();
  await using watcher = await watch(paths);
  assertEquals(countInstances(), before + 1);
  assertEquals(watcher.watches, 200);
});

function countInstances(): number {
  return [...Deno.readDirSync("/proc/self/fd")]
    .filter(({ name }) => {
      try {
        return Deno.readLinkSync(`/proc/self/fd/${name}`) ===
          "anon_inode:inotify";
      } catch {
        return false;
      }
    }).length;
}

Deno.test("`watch()` takes no path, and waits for `add()`", async () => {
  using directory = new TestDirectory();
  await using told = new Observation(await watch([]), directory.path);
  assertEquals(await told.take(), []);
  await told.watcher.add(directory.path);
  directory.directory("a");
  assertEquals(await told.take(), ["create a/"]);
});

for (const grant of ["--allow-ffi", `--allow-ffi=${pathOfLibrary()}`]) {
  Deno.test(`\`watch()\` needs ${grant} only`, async () => {
    using directory = new TestDirectory();
    Deno.mkdirSync(directory.at("root/a"), { recursive: true });
    Deno.symlinkSync("root", directory.at("link"));
    directory.file("file");
    const paths = ["root", "link", "file", "missing"];
    const outcome = await run(async ({ watch }, input) => {
      const watcher = await watch(JSON.parse(input), {
        recursive: true,
        missing: "wait",
      });
      const { watches } = watcher;
      await watcher.close();
      return watches;
    }, {
      permissions: [grant],
      input: JSON.stringify(paths.map((name) => directory.at(name))),
    });
    // Two directories, the one around them, and the file.
    assertEquals(outcome, { value: 4 });
  });
}

function pathOfLibrary(): string | undefined {
  return libraryNames(Deno.build).find((name) => {
    try {
      return name.startsWith("/") && Deno.statSync(name).isFile;
    } catch {
      return false;
    }
  });
}

Deno.test("`watch()` rejects without the permission", async () => {
  const { error } = await run(({ watch }) => watch("/"), { permissions: [] });
  assertEquals(error?.name, "NotCapable");
});

// Members

Deno.test("`add()` watches another path, from then on and with the options", async () => {
  using directory = new TestDirectory();
  for (const path of ["1", "2/a", "2/skip"]) {
    Deno.mkdirSync(directory.at(path), { recursive: true });
  }
  const watcher = await watch(directory.at("1"), {
    recursive: true,
    initial: true,
    exclude: [/skip/],
  });
  await using told = new Observation(watcher, directory.path);
  await watcher.add(directory.at("2"));
  assertEquals(await told.take(), ["create 2/a/ synthetic"]);
  await watcher.add(directory.at("2"));
  directory.directory("1/b");
  directory.directory("2/a/b");
  directory.directory("2/skip/b");
  assertEquals((await told.take()).sort(), ["create 1/b/", "create 2/a/b/"]);
  assertEquals(watcher.watches, 5);
});

Deno.test('`add()` waits for what is not there with `missing: "wait"`', async () => {
  using directory = new TestDirectory();
  const watcher = await watch([], { recursive: true, missing: "wait" });
  await using told = new Observation(watcher, directory.path);
  await watcher.add(directory.at("a/b"));
  Deno.mkdirSync(directory.at("a/b/c"), { recursive: true });
  assertEquals(await told.take(), [
    "create a/b/ synthetic",
    "create a/b/c/ synthetic",
  ]);
});

Deno.test("`add()` rejects a path that is missing, and the watcher goes on", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("a");
  await using told = new Observation(await watch(root), directory.path);
  const path = directory.at("missing");
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      () => told.watcher.add(path),
      Deno.errors.NotFound,
      `No such file or directory (os error 2): watch '${path}'`,
    );
  }
  directory.directory("a/b");
  directory.directory("missing");
  assertEquals(await told.take(), ["create a/b/"]);
  await told.watcher.add(path);
  directory.directory("missing/b");
  assertEquals(await told.take(), ["create missing/b/"]);
  assertEquals(told.watcher.watches, 2);
  assertEquals(countWatches(), 2);
});

/** Makes 41 directories, one in the other, and returns the path of the first. */
function makeDeep(directory: TestDirectory): string {
  const path = directory.at("deep");
  Deno.mkdirSync(path + "/a".repeat(40), { recursive: true });
  return path;
}

/** A filter for `exclude` with which a walk takes 2 ms for each directory. */
function slowly(path: string): boolean {
  const end = performance.now() + 2;
  while (path.includes("deep") && performance.now() < end);
  return false;
}

Deno.test("`add()` does not keep others waiting while it walks", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  const root = directory.directory("root");
  const watcher = await watch(root, { recursive: true, exclude: [slowly] });
  await using told = new Observation(watcher, directory.path);
  let isAdded = false;
  const adding = watcher.add(deep).then(() => isAdded = true);
  directory.directory("root/a");
  await told.untilTold(directory.at("root/a"));
  assert(!isAdded);
  await adding;
  Deno.mkdirSync(`${deep}/new`);
  assertEquals(await told.take(), ["create root/a/", "create deep/new/"]);
});

Deno.test("`remove()` watches a path no longer, and leaves the others", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(directory.at("root/a/b"), { recursive: true });
  directory.directory("other");
  const paths = ["root", "root/a", "other"].map((name) => directory.at(name));
  const watcher = await watch(paths, { recursive: true });
  await using told = new Observation(watcher, directory.path);
  assertEquals(watcher.watches, 4);
  watcher.remove(directory.at("root"));
  assertEquals(watcher.watches, 3);
  for (const name of ["root/c", "root/a/b/c", "other/c"]) {
    directory.directory(name);
  }
  assertEquals((await told.take()).sort(), [
    "create other/c/",
    "create root/a/b/c/",
  ]);
  watcher.remove(directory.at("root/a"));
  watcher.remove(directory.at("other"));
  directory.directory("other/d");
  assertEquals(await told.take(), []);
  assertEquals(watcher.watches, 0);
  assertEquals(countWatches(), 0);
  await watcher.add(directory.at("root"));
  directory.directory("root/d");
  assertEquals(await told.take(), ["create root/d/"]);
});

Deno.test("`remove()` of a file leaves the directory around it watched", async () => {
  using directory = new TestDirectory();
  const path = directory.file("a");
  Deno.linkSync(path, directory.at("b"));
  const paths = [directory.path, path, directory.at("b")];
  const watcher = await watch(paths, { events: ["attrib", "create"] });
  await using told = new Observation(watcher, directory.path);
  watcher.remove(path);
  Deno.chmodSync(path, 0o600);
  directory.directory("c");
  assertEquals(await told.take(), ["attrib a", "attrib b", "create c/"]);
  watcher.remove(directory.path);
  Deno.chmodSync(path, 0o644);
  directory.directory("d");
  assertEquals(await told.take(), ["attrib b"]);
});

Deno.test("`remove()` throws for a path that is not watched", async () => {
  using directory = new TestDirectory();
  await using watcher = await watch(directory.path);
  const path = directory.directory("a");
  assertThrows(
    () => watcher.remove(path),
    Deno.errors.NotFound,
    `Cannot remove the path '${path}': it is not watched`,
  );
  assertThrows(
    () => watcher.remove(`${directory.path}/`),
    Deno.errors.NotFound,
  );
});

Deno.test("`sync()` is never early, 1,000 times", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  const events = watcher[Symbol.asyncIterator]();
  for (let i = 0; i < 1_000; i++) {
    Deno.writeTextFileSync(directory.at(`${i}`), "");
    await watcher.sync();
    const next = await Promise.race([events.next(), turn()]);
    assert(next, `Nothing came in round ${i}`);
    assertEquals(next.value, {
      type: "create",
      path: directory.at(`${i}`),
      isDirectory: false,
    });
  }
  await watcher.close();
});

/** Resolves when all that waits for nothing more has had its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("`sync()` waits for what has to be found in a new directory", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("root");
  await using told = new Observation(
    await watch(root, { recursive: true }),
    root,
  );
  for (let i = 0; i < 50; i++) {
    Deno.mkdirSync(directory.at("new/a/b/c/d"), { recursive: true });
    Deno.renameSync(directory.at("new"), directory.at(`root/${i}`));
    assertEquals((await told.take()).length, 5);
  }
});

Deno.test("`sync()` resolves after a directory went out and nothing came after", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("root");
  directory.directory("root/a");
  await using told = new Observation(
    await watch(root, { recursive: true }),
    root,
  );
  Deno.renameSync(directory.at("root/a"), directory.at("a"));
  assertEquals(await told.take(), ["moved_from a/"]);
  Deno.renameSync(directory.file("root/a"), directory.at("b"));
  assertEquals(await told.take(), [
    "create a",
    "close_write a",
    "moved_from a",
  ]);
});

Deno.test("`sync()` may be called by many at once", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path);
  directory.directory("a");
  await Promise.all(Array.from({ length: 100 }, () => watcher.sync()));
  await watcher.close();
  assertEquals((await Array.fromAsync(watcher)).length, 1);
});

Deno.test("`sync()` needs nobody to take the events", async () => {
  using directory = new TestDirectory();
  await using watcher = await watch(directory.path, { highWaterMark: 1 });
  for (const name of ["a", "b", "c"]) directory.directory(name);
  await watcher.sync();
  await watcher.close();
  assertEquals(toNames(await Array.fromAsync(watcher)), ["a", "b", "c"]);
});

Deno.test("`sync()` resolves when the watcher is closed meanwhile", async () => {
  using directory = new TestDirectory();
  await using watcher = await watch(directory.path);
  directory.directory("a");
  const syncing = watcher.sync();
  await watcher.close();
  await syncing;
});

Deno.test("a half of a move holds up nothing else", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("root");
  directory.file("root/a");
  await using told = new Observation(await watch(root), root);
  Deno.renameSync(directory.at("root/a"), directory.at("a"));
  directory.directory("root/b");
  Deno.removeSync(directory.at("root/b"));
  assertEquals(await told.take(), ["moved_from a", "create b/", "delete b/"]);
});

Deno.test("`watches` is the kernel's own count", async () => {
  using directory = new TestDirectory();
  const root = directory.path;
  await using told = new Observation(
    await watch(root, { recursive: true }),
    root,
  );
  for (let i = 0; i < 20; i++) {
    Deno.mkdirSync(directory.at(`${i}/a/b`), { recursive: true });
    if (i % 2 === 1) {
      Deno.removeSync(directory.at(`${i}`), { recursive: true });
      Deno.renameSync(directory.at(`${i - 1}`), directory.at(`moved ${i}`));
    }
    await told.take();
    assertEquals(told.watcher.watches, countDirectories(readTree(root)));
    assertEquals(told.watcher.watches, countWatches());
  }
});

// Its end

Deno.test("`readable` gives the events, and to cancel it closes the watcher", async () => {
  using directory = new TestDirectory();
  const before = countDescriptors();
  const watcher = await watch(directory.path);
  directory.directory("a");
  directory.directory("b");
  const events = [];
  for await (const event of watcher.readable) {
    events.push(event);
    if (events.length === 2) break;
  }
  assertEquals(toNames(events), ["a", "b"]);
  await assertClosed(watcher);
  assertEquals(countDescriptors(), before);
});

Deno.test("`readable` ends when the watcher is closed", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path);
  directory.directory("a");
  await watcher.sync();
  const reading = Array.fromAsync(watcher.readable);
  await watcher.close();
  assertEquals(toNames(await reading), ["a"]);
});

Deno.test("`readable` can be piped", async () => {
  using directory = new TestDirectory();
  const root = directory.directory("root");
  const watcher = await watch(root);
  directory.directory("root/a");
  await watcher.sync();
  Deno.removeSync(root, { recursive: true });
  const paths = watcher.readable.pipeThrough(
    new TransformStream<WatchEvent, string>({
      transform: (event, controller) => controller.enqueue(event.type),
    }),
  );
  assertEquals(await Array.fromAsync(paths), [
    "create",
    "delete",
    "delete_self",
  ]);
});

Deno.test("several iterators share the events, and each comes to the end", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  const taken: string[][] = [[], [], []];
  const iterating = taken.map(async (list) => {
    for await (const event of watcher) list.push(...toNames([event]));
  });
  for (const name of ["a", "b", "c", "d", "e", "f"]) {
    directory.directory(name);
    await watcher.sync();
  }
  await watcher.close();
  await Promise.all(iterating);
  assertEquals(taken.flat().toSorted(), ["a", "b", "c", "d", "e", "f"]);
});

const ENDINGS: [what: string, end: (watcher: Watcher) => unknown][] = [
  ["`close()`", (watcher) => watcher.close()],
  ["`using`", (watcher) => {
    using _watcher = watcher;
  }],
  ["`await using`", async (watcher) => {
    await using _watcher = watcher;
  }],
  ["`break`", async (watcher) => {
    for await (const _ of watcher) break;
  }],
  ["`break` in a loop over `batches()`", async (watcher) => {
    for await (const _ of watcher.batches({ quiet: 0 })) break;
  }],
  ["an error in the loop", async (watcher) => {
    await assertRejects(async () => {
      for await (const { type } of watcher) throw new RangeError(type);
    }, RangeError);
  }],
  ["`readable.cancel()`", (watcher) => watcher.readable.cancel()],
];

for (const [what, end] of ENDINGS) {
  Deno.test(`${what} closes the watcher and releases all`, async () => {
    using directory = new TestDirectory();
    directory.directory("a");
    const before = countDescriptors();
    const watcher = await watch(directory.path, { recursive: true });
    directory.directory("b");
    await watcher.sync();
    await end(watcher as Watcher);
    await assertClosed(watcher);
    await watcher.close();
    assertEquals(countDescriptors(), before);
    assertEquals(countWatches(), 0);
  });
}

async function assertClosed(watcher: Watcher<WatchEventType>): Promise<void> {
  const message = "Cannot use the watcher: it is closed";
  const { BadResource } = Deno.errors;
  await assertRejects(() => watcher.sync(), BadResource, message);
  await assertRejects(() => watcher.add("/"), BadResource, message);
  assertThrows(() => watcher.remove("/"), BadResource, message);
}

Deno.test("`close()` lets iterating end behind what was read", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  directory.directory("a");
  directory.directory("b");
  await watcher.sync();
  directory.directory("never");
  const closing = watcher.close();
  assertStrictEquals(watcher.close(), closing);
  assertEquals(toNames(await Array.fromAsync(watcher)), ["a", "b"]);
  assertEquals(await Array.fromAsync(watcher), []);
  await closing;
  watcher[Symbol.dispose]();
  await watcher[Symbol.asyncDispose]();
});

Deno.test("`close()` ends an iteration that waits", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path);
  const iterating = Array.fromAsync(watcher);
  await turn();
  await watcher.close();
  assertEquals(await iterating, []);
});

Deno.test("`close()` while another path is added makes that reject", async () => {
  using directory = new TestDirectory();
  const deep = makeDeep(directory);
  const before = countDescriptors();
  const watcher = await watch([], { recursive: true, exclude: [slowly] });
  const adding = assertRejects(
    () => watcher.add(deep),
    Deno.errors.BadResource,
    "Cannot use the watcher: it is closed",
  );
  await watcher.close();
  await adding;
  assertEquals(countDescriptors(), before);
});

Deno.test("`watch()` and `close()` leak nothing in 100 rounds", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(directory.at("a/b"), { recursive: true });
  const before = countDescriptors();
  for (let i = 0; i < 100; i++) {
    const watcher = await watch(directory.path, { recursive: true });
    assertEquals(watcher.watches, 3);
    await watcher.close();
  }
  assertEquals(countDescriptors(), before);
});

// Batches

Deno.test("`batches()` gathers events until it has been quiet", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  const batches = watcher.batches({ quiet: 50 });
  for (const names of [["a", "b", "c"], ["d"]]) {
    for (const name of names) directory.directory(name);
    const last = performance.now();
    assertEquals(toNames(await next(batches)), names);
    // Timers count in whole milliseconds.
    assertGreaterOrEqual(performance.now() - last, 49);
  }
  await batches.return();
  await assertClosed(watcher);
});

Deno.test("`batches()` gives no more than `max` events at once", async () => {
  using directory = new TestDirectory();
  const watcher = await watch(directory.path, { events: ["create"] });
  for (const name of ["a", "b", "c", "d", "e"]) directory.directory(name);
  await watcher.sync();
  const batches = watcher.batches({ quiet: 60_000, max: 2 });
  assertEquals(toNames(await next(batches)), ["a", "b"]);
  assertEquals(toNames(await next(batches)), ["c", "d"]);
  const last = next(batches);
  await turn();
  await watcher.close();
  assertEquals(toNames(await last), ["e"]);
  assert((await batches.next()).done);
});

Deno.test("`batches()` leaves out what repeats the event before of its path", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.file("a"), directory.file("b")];
  const watcher = await watch(directory.path);
  for (const path of [a, b, a, b]) Deno.chmodSync(path, 0o600);
  Deno.writeTextFileSync(a, "");
  Deno.chmodSync(a, 0o600);
  await watcher.sync();
  const batches = watcher.batches({ quiet: 1 });
  const batch = await next(batches);
  assertEquals(batch.map(({ type }, i) => [type, toNames(batch)[i]]), [
    ["attrib", "a"],
    ["attrib", "b"],
    ["modify", "a"],
    ["close_write", "a"],
    ["attrib", "a"],
  ]);
  await batches.return();
});

async function next<T>(batches: AsyncIterator<T>): Promise<T> {
  const { value, done } = await batches.next();
  assert(!done);
  return value;
}
