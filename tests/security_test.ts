/** Things that a watcher must never do, whatever others write to the tree. */

import { assert, assertEquals } from "@std/assert";
import { watch } from "../mod.ts";
import { Command } from "./support/command.ts";
import { TestDirectory } from "./support/directory.ts";
import { LIBRARY_PATH } from "./support/library.ts";
import { countAbove, watchedInodes } from "./support/process.ts";
import { run } from "./support/program.ts";
import { countOf } from "./support/thorough.ts";
import { hasStrace, Trace } from "./support/strace.ts";
import { writeBeside } from "./support/writer.ts";

// Out of the tree

Deno.test("`watch()` never follows a symbolic link that takes a directory's place", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(directory.at("root/a/b"), { recursive: true });
  Deno.mkdirSync(directory.at("outside/b"), { recursive: true });
  directory.file("outside/secret");
  directory.file("outside/b/secret");
  Deno.symlinkSync(directory.at("outside"), directory.at("root/link"));
  const seen = new Set<string>();
  const watcher = await watch(directory.at("root"), {
    recursive: true,
    // The filter is called for everything that a scan finds, even if it is discarded.
    exclude: [(path) => {
      seen.add(path);
      return false;
    }],
  });
  const observed: string[] = [];
  const listening = (async () => {
    for await (const event of watcher) {
      if (event.path?.endsWith("secret")) {
        observed.push(event.path);
      }
    }
  })();
  const input = JSON.stringify([directory.path, countOf(20_000, 200_000)]);
  await writeBeside(input, (input) => {
    const [path, count] = JSON.parse(input);
    const RENAME_EXCHANGE = 2;
    const libc = Deno.dlopen("libc.so.6", {
      renameat2: {
        parameters: ["i32", "buffer", "i32", "buffer", "u32"],
        result: "i32",
      },
    });
    const toCString = (text: string) => new TextEncoder().encode(`${text}\0`);
    const a = toCString(`${path}/root/a`);
    const link = toCString(`${path}/root/link`);
    for (let i = 0; i < count; i++) {
      libc.symbols.renameat2(-100, a, -100, link, RENAME_EXCHANGE);
      // Bursts, and pauses in which the watcher scans.
      if (i % 100 === 0) Deno.statSync(path);
    }
    libc.close();
  });
  await watcher.sync();
  const root = directory.at("root");
  assertEquals(watcher.watchCount, 3 + countAbove(root));
  assertEquals(
    watchedInodes().toSorted(),
    [...inodesAbove(root), ...inodesBelow(root)].toSorted(),
  );
  await watcher.close();
  await listening;
  assertEquals(observed, []);
  assertEquals([...seen].filter((path) => path.endsWith("secret")), []);
});

function inodesAbove(path: string): string[] {
  const parent = Deno.realPathSync(`${path}/..`);
  if (parent === "/") return [];
  const { ino } = Deno.statSync(parent);
  return [ino!.toString(16), ...inodesAbove(parent)];
}

function inodesBelow(path: string): string[] {
  const below = [...Deno.readDirSync(path)]
    .filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => inodesBelow(`${path}/${name}`));
  const { ino } = Deno.statSync(path);
  return [ino!.toString(16), ...below].toSorted();
}

// Permissions

Deno.test("the whole library runs with only `--allow-ffi=` and the path of the C library", async () => {
  using directory = new TestDirectory();
  for (const name of ["a", "b", "go on"]) directory.directory(name);
  const script =
    'while [ -e "go on" ]; do mkdir a/x; mv a/x a/y; rmdir a/y; done';
  const writer = new Deno.Command("sh", {
    args: ["-c", script],
    cwd: directory.path,
  }).spawn();
  try {
    const outcome = await run(async (library, path) => {
      const { IN, Inotify, inotifyLimits, maskNames, parseMask, watch } =
        library;
      const types = new Set<string>();
      {
        await using watcher = await watch([`${path}/a`, `${path}/none`], {
          recursive: true,
          maxDepth: 2,
          missing: "wait",
          initial: true,
          include: [/./],
          exclude: [/never/],
          signal: new AbortController().signal,
          onProgress: () => {},
        });
        await watcher.add(new URL(`file://${path}/b`));
        await watcher.sync();
        watcher.remove(new URL(`file://${path}/b`));
        for await (const { type } of watcher) {
          types.add(type);
          if (types.size >= 3) break;
        }
      }
      const batches = (await watch(`${path}/a`)).batches({ quiet: 0, max: 9 });
      for await (const batch of batches) if (batch.length > 0) break;
      for await (const _ of (await watch(`${path}/a`)).readable) break;
      await using inotify = new Inotify();
      inotify.addWatch(`${path}/a`, IN.CREATE | parseMask(["IN_DELETE"]));
      inotify.rmWatch(inotify.addWatch(`${path}/b`, IN.CREATE));
      const masks = new Set<string>();
      while (!masks.has("IN_ISDIR")) {
        await inotify.wait();
        for (const { mask } of inotify.read()) {
          for (const name of maskNames(mask)) masks.add(name);
        }
      }
      const names: string[] = [];
      for (const bad of [`${path}/none`, `${path}/a/x/y/z`, "\0"]) {
        names.push(await watch(bad).then(String, ({ name }) => name));
      }
      return {
        types: [...types].toSorted(),
        isIgnored: masks.has("IN_IGNORED"),
        names,
        watches: inotifyLimits().watches.used > 0,
        state: Deno.permissions.querySync({ name: "ffi" }).state,
      };
    }, { permissions: [`--allow-ffi=${LIBRARY_PATH}`], input: directory.path });
    assertEquals(outcome, {
      value: {
        types: ["create", "delete", "move"],
        isIgnored: true,
        names: ["NotFound", "NotFound", "TypeError"],
        watches: true,
        state: "prompt",
      },
    });
  } finally {
    Deno.removeSync(directory.at("go on"));
    await writer.status;
  }
});

// Side effects

Deno.test({
  name:
    "`cli.ts` opens no file to write, starts nothing and connects to nothing",
  ignore: !hasStrace,
  async fn() {
    using directory = new TestDirectory();
    await using command = await Command.ready(["-r", directory.path], {
      // Otherwise Deno itself would look for a newer version.
      env: { DENO_NO_UPDATE_CHECK: "1" },
    });
    const calls = "trace=%file,%network,%process";
    await using trace = await Trace.begin(command.pid, ["-e", calls]);
    for (let i = 0; i < 100; i++) {
      Deno.mkdirSync(directory.at(`${i}/a`), { recursive: true });
      Deno.renameSync(directory.at(`${i}`), directory.at(`${i}.moved`));
    }
    directory.directory("last");
    await command.stdout.linesUntil("last");
    command.kill("SIGINT");
    await command.end();
    const lines = (await trace.end()).filter((line) => !CACHES.test(line));
    // The command did scan the tree.
    assert(lines.some((line) => line.includes("O_DIRECTORY")));
    assertEquals(lines.filter((line) => CHANGES.test(line)), []);
    assertEquals(lines.filter((line) => NETWORK.test(line)), []);
  },
});

/** The databases of Deno itself, which it may close before it exits. */
const CACHES = /\/\w+_cache_v\d+(-\w+)?"/;

/** Calls that change a file system, or run a program. */
const CHANGES = new RegExp(
  "O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)|" +
    "^\\d+ +(creat|truncate|mkdir|rmdir|rename|link|unlink|symlink|mknod|" +
    "chmod|fchmod|chown|lchown|fchown|utime|setxattr|mount|execve)",
);

/** Calls that create a socket or have an address. Deno gets signals by a socket pair. */
const NETWORK = /^\d+ +(socket|bind|connect|listen|accept4?)\(|sa_family/;
