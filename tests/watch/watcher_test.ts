import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { Inotify, type SystemError, watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { LIBRARY_PATH } from "../support/library.ts";
import { Observation } from "../support/observation.ts";
import {
  countAbove,
  countDescriptors,
  descriptorTargets,
} from "../support/process.ts";
import { run } from "../support/program.ts";
import { makeDirectory, makeFile } from "../support/system.ts";
import { WorkingDirectory } from "../support/working_directory.ts";

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

Deno.test("`watch()` resolves relative paths when it is called", async () => {
  using directory = new TestDirectory();
  using other = new TestDirectory();
  for (const { path } of [directory, other]) {
    Deno.mkdirSync(`${path}/a/b`, { recursive: true });
  }
  directory.file("file");
  await using observed = await (async () => {
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
  assertEquals(await observed.take(), [
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
  Deno.test(`\`watch()\` reports paths that begin with '${path}' as it was given`, async () => {
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

Deno.test("`watch()` reports paths below '/' with one slash", async () => {
  // Opening a directory does not need the right to change it.
  const top = ["/etc", "/usr", "/var"].find(isNoMount)!;
  const watcher = await watch("/", { events: ["open"] });
  Deno.readDirSync(top).next();
  await watcher.sync();
  await watcher.close();
  const events = await Array.fromAsync(watcher);
  const paths = events.map((event) => "path" in event && event.path);
  assert(paths.includes(top), `${top} is not among ${paths}`);
  assertEquals(paths.filter((path) => !/^\/[^/]*$/.test(`${path}`)), []);
});

/** Returns whether the directory is on the same file system as its parent. */
function isNoMount(path: string): boolean {
  return Deno.statSync(path).dev === Deno.statSync("/").dev;
}

Deno.test("`watch()` accepts URLs", async () => {
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
  await using observed = new Observation(await watch(root, options), root);
  makeDirectory(directory.at("caf\udce9/\udcff/new"));
  makeFile(directory.at("caf\udce9/\udcff/new/\udcfd"));
  assertEquals(await observed.take(), [
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
  assertEquals(await observed.take(), ["create caf\udce9/\udcff/file"]);
});

Deno.test("`watch()` uses one instance for 200 paths", async () => {
  using directory = new TestDirectory();
  const paths = Array.from(
    { length: 200 },
    (_, i) => directory.directory(`${i}`),
  );
  const before = countInstances();
  await using watcher = await watch(paths);
  assertEquals(countInstances(), before + 1);
  assertEquals(watcher.watchCount, 200 + countAbove(paths[0]!));
});

function countInstances(): number {
  return descriptorTargets()
    .filter((target) => target === "anon_inode:inotify").length;
}

Deno.test("`watch()` accepts an empty list of paths, and waits for `add()`", async () => {
  using directory = new TestDirectory();
  await using observed = new Observation(await watch([]), directory.path);
  assertEquals(await observed.take(), []);
  await observed.watcher.add(directory.path);
  directory.directory("a");
  assertEquals(await observed.take(), ["create a/"]);
});

for (const grant of ["--allow-ffi", `--allow-ffi=${LIBRARY_PATH}`]) {
  Deno.test(`\`watch()\` needs only ${grant}`, async () => {
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
      const { watchCount } = watcher;
      await watcher.close();
      return watchCount;
    }, {
      permissions: [grant],
      input: JSON.stringify(paths.map((name) => directory.at(name))),
    });
    // The watches: two directories, the link, the file, and the directories above.
    assertEquals(outcome, { value: 4 + countAbove(directory.at("root")) });
  });
}

Deno.test("`watch()` rejects without the permission", async () => {
  const { error } = await run(({ watch }) => watch("/"), { permissions: [] });
  assertEquals(error?.name, "NotCapable");
});

Deno.test("a waiting consumer runs before more events are read", async () => {
  using directory = new TestDirectory();
  // Its parent is watched as well, and belongs to this test alone.
  const path = directory.directory("watched");
  await using watcher = await watch(path, { events: ["create"] });
  const events = watcher[Symbol.asyncIterator]();
  const { readExcept } = Inotify.prototype;
  const sizes: number[] = [];
  Inotify.prototype.readExcept = function (ignored) {
    const events = readExcept.call(this, ignored);
    sizes.push(events.length);
    return events;
  };
  try {
    directory.file("watched/a");
    await events.next();
    assertEquals(sizes.at(-1), 1);
  } finally {
    Inotify.prototype.readExcept = readExcept;
  }
});
