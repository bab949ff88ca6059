import { assert, assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { readTree } from "../storm/model.ts";
import { LargeDirectory } from "../support/directory.ts";
import { assertExact, assertWatches, sorted } from "../support/exact.ts";
import { Observation } from "../support/observation.ts";
import { countAbove, countWatches } from "../support/process.ts";
import { until } from "../support/until.ts";
import { writeBeside } from "../support/writer.ts";
import { countOf } from "../support/thorough.ts";

Deno.test("`watch()` reports a name created, deleted and created again around a scan", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  const path = directory.at("new/a");
  let scans = 0;
  // The filter is called with `new` before its scan, and with `new/a` after.
  const meddle = (asked: string) => {
    if (scans > 1) return false;
    if (asked === directory.at("new")) {
      Deno.writeTextFileSync(path, "");
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "");
    } else if (asked === path && scans++ === 0) {
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "");
    }
    return false;
  };
  const options = { recursive: true, exclude: [meddle] };
  await using observed = new Observation(await watch(root, options), root);
  directory.directory("new");
  // Changes from this time are left for the next scan.
  await observed.watcher.sync();
  assertEquals(await observed.take(), [
    "create new/",
    "create new/a synthetic",
    "delete new/a",
    "create new/a",
    "close_write new/a",
  ]);
});

Deno.test("`watch()` reports each of many names created and deleted around scans once", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  await writeBeside(root, (root) => {
    for (let i = 0; i < 300; i++) {
      Deno.mkdirSync(`${root}/${i}`);
      for (const name of ["a", "b"]) {
        Deno.writeTextFileSync(`${root}/${i}/${name}`, "");
        Deno.removeSync(`${root}/${i}/${name}`);
        Deno.mkdirSync(`${root}/${i}/${name}`);
        Deno.removeSync(`${root}/${i}/${name}`);
        Deno.writeTextFileSync(`${root}/${i}/${name}`, "");
      }
    }
  });
  assertExact(await observed.takeEvents(), root);
  assertWatches(observed, root);
});

Deno.test("`watch()` follows a directory that is renamed between scans", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  Deno.mkdirSync(directory.at("a/b/c"), { recursive: true });
  const found: string[] = [];
  const meddle = (asked: string) => {
    if (found.includes(asked)) return false;
    found.push(asked);
    // The filter is called with directories that are listed but not scanned.
    if (asked === directory.at("a/b")) {
      Deno.renameSync(directory.at("a"), directory.at("new"));
    }
    if (asked === directory.at("new/b/c")) {
      Deno.renameSync(directory.at("new/b"), directory.at("b"));
    }
    return false;
  };
  const options = { recursive: true, exclude: [meddle] };
  await using observed = new Observation(await watch(root, options), root);
  await observed.take();
  assertEquals(sorted(readTree(root)).map(([path]) => path), [
    root,
    directory.at("b"),
    directory.at("b/c"),
    directory.at("new"),
  ]);
  for (const path of ["b/c/file", "b/file", "new/file"]) {
    directory.file(path);
    assertEquals(await observed.take(), [
      `create ${path}`,
      `close_write ${path}`,
    ]);
  }
  assertWatches(observed, root);
});

Deno.test("`watch()` follows directories that are renamed while it walks", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("tree");
  for (let i = 0; i < 500; i++) {
    Deno.mkdirSync(directory.at(`tree/${i % 10}/${i}/a`), { recursive: true });
  }
  const writing = writeBeside(directory.path, (path) => {
    Deno.mkdirSync(`${path}/started`);
    const root = `${path}/tree`;
    for (let round = 0; round < 200; round++) {
      const i = round % 10;
      Deno.renameSync(`${root}/${i}`, `${root}/moved`);
      Deno.renameSync(`${root}/moved/${round}`, `${root}/moved/a`);
      Deno.mkdirSync(`${root}/moved/a/a/new`);
      Deno.renameSync(`${root}/moved/a`, `${root}/moved/${round}`);
      Deno.renameSync(`${root}/moved`, `${root}/${i}`);
    }
  });
  await until(() =>
    Deno.readDirSync(directory.path).some(({ name }) => name === "started")
  );
  const options = { recursive: true, initial: true };
  await using observed = new Observation(await watch(root, options), root);
  await writing;
  assertExact(await observed.takeEvents(), root);
  assertWatches(observed, root);
});

Deno.test("`watch()` follows a directory that is renamed faster than it reads", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  Deno.mkdirSync(directory.at("0/a"), { recursive: true });
  directory.directory("b");
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  const moves = [];
  for (let i = 0; i < 1_000; i++) {
    const to = i % 3 === 0 ? `b/${i + 1}` : `${i + 1}`;
    const from = i % 3 === 1 ? `b/${i}` : `${i}`;
    Deno.renameSync(directory.at(from), directory.at(to));
    moves.push(`move ${from}/ -> ${to}/`);
  }
  directory.file("b/1000/a/file");
  assertEquals(await observed.take(), [
    ...moves,
    "create b/1000/a/file",
    "close_write b/1000/a/file",
  ]);
  assertWatches(observed, root);
});

Deno.test("`watch()` follows a new directory that is renamed at once", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  await writeBeside(root, (root) => {
    for (let i = 0; i < 300; i++) {
      Deno.mkdirSync(`${root}/new/a`, { recursive: true });
      Deno.renameSync(`${root}/new`, `${root}/moved`);
      Deno.writeTextFileSync(`${root}/moved/a/file`, "");
      Deno.renameSync(`${root}/moved/a`, `${root}/moved/b`);
      Deno.renameSync(`${root}/moved`, `${root}/${i}`);
    }
  });
  assertExact(await observed.takeEvents(), root);
  assertWatches(observed, root);
});

Deno.test("`watch()` distinguishes a directory moved out from one moved in under its name", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("tree");
  Deno.mkdirSync(directory.at("tree/a/old"), { recursive: true });
  Deno.mkdirSync(directory.at("0/new"), { recursive: true });
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  Deno.renameSync(directory.at("tree/a"), directory.at("1"));
  Deno.renameSync(directory.at("0"), directory.at("tree/a"));
  Deno.mkdirSync(directory.at("1/old/b"));
  Deno.mkdirSync(directory.at("tree/a/new/b"));
  assertEquals(await observed.take(), [
    "moved_from a/",
    "moved_to a/",
    "create a/new/ synthetic",
    "create a/new/b/ synthetic",
  ]);
  assertWatches(observed, root);
  Deno.mkdirSync(directory.at("1/old/c"));
  Deno.mkdirSync(directory.at("tree/a/new/b/c"));
  assertEquals(await observed.take(), ["create a/new/b/c/"]);
});

Deno.test("`watch()` follows exchanges with directories outside", async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("tree");
  for (const name of ["tree/a", "1"]) {
    Deno.mkdirSync(directory.at(`${name}/b/c`), { recursive: true });
  }
  const before = readTree(root);
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  await writeBeside(directory.path, (path) => {
    for (let i = 0; i < 300; i++) {
      Deno.renameSync(`${path}/tree/a`, `${path}/2`);
      Deno.renameSync(`${path}/1`, `${path}/tree/a`);
      Deno.writeTextFileSync(`${path}/tree/a/b/c/${i}`, "");
      Deno.renameSync(`${path}/2`, `${path}/1`);
      Deno.writeTextFileSync(`${path}/1/b/${i}`, "");
    }
  });
  assertExact(await observed.takeEvents(), root, before);
  assertWatches(observed, root);
});

// The kernel queues 16,384 events, and each directory causes two.
const PARENTS = countOf(30, 100);

Deno.test(`\`watch()\` reports each of ${PARENTS}00 directories that \`rm -rf\` deletes`, async () => {
  using directory = new LargeDirectory();
  const root = directory.directory("tree");
  directory.directory("tree/a");
  for (let i = 0; i < PARENTS; i++) {
    directory.directory(`tree/a/${i}`);
    for (let j = 0; j < 99; j++) directory.directory(`tree/a/${i}/${j}`);
  }
  const before = readTree(root);
  assertEquals(before.size, PARENTS * 100 + 2);
  const watcher = await watch(root, { recursive: true, events: ["delete"] });
  await using observed = new Observation(watcher, root);
  assertWatches(observed, root);
  await writeBeside(directory.at("tree/a"), (path) => {
    Deno.removeSync(path, { recursive: true });
  });
  const deleted = await observed.takeEvents();
  assert(deleted.every(({ type }) => type === "delete" || type === "overflow"));
  assertExact(deleted, root, before);
  assertEquals(watcher.watchCount, 1 + countAbove(root));
  assertEquals(countWatches(), watcher.watchCount);
});

Deno.test("`watch()` reports a symbolic link itself, not its target", async () => {
  using directory = new LargeDirectory();
  const root = directory.path;
  Deno.mkdirSync(directory.at("a/b"), { recursive: true });
  Deno.symlinkSync("..", directory.at("a/b/loop"));
  Deno.symlinkSync("self", directory.at("self"));
  const options = { recursive: true, initial: true };
  await using observed = new Observation(await watch(root, options), root);
  assertEquals((await observed.take()).toSorted(), [
    "create a/ synthetic",
    "create a/b/ synthetic",
    "create a/b/loop synthetic",
    "create self synthetic",
  ]);
  Deno.symlinkSync(root, directory.at("a/b/other"));
  Deno.renameSync(directory.at("a/b/loop"), directory.at("loop"));
  directory.file("a/b/file");
  assertEquals(await observed.take(), [
    "create a/b/other",
    "move a/b/loop -> loop",
    "create a/b/file",
    "close_write a/b/file",
  ]);
  assertWatches(observed, root);
});

Deno.test("`watch()` reports an event of a file and of its directory once", async () => {
  using directory = new LargeDirectory();
  const file = directory.file("file");
  await using watcher = await watch(file, { events: ["open"] });
  await using observed = new Observation(watcher, directory.path);
  // The kernel queues both events one after the other. With so many of them, some
  // reads end between the two.
  for (let round = 0; round < countOf(3, 40); round++) {
    await writeBeside(file, (file) => {
      for (let i = 0; i < 2000; i++) Deno.openSync(file).close();
    });
    assertEquals((await observed.take()).length, 2000);
  }
});

Deno.test("`watch()` reports a write to a new file by another name right after the old file changed", async () => {
  using directory = new LargeDirectory();
  const file = directory.file("file");
  const other = directory.file("other");
  await using watcher = await watch(file, { events: ["attrib"] });
  await using observed = new Observation(watcher, directory.path);
  // When the watcher reads the event, the changed file is replaced already.
  Deno.removeSync(file);
  directory.file("file");
  Deno.chmodSync(file, 0o600);
  Deno.removeSync(file);
  Deno.linkSync(other, file);
  await watcher.sync();
  Deno.chmodSync(other, 0o600);
  assertEquals(await observed.take(), [
    "attrib file", // Its link count.
    "attrib file", // Of the one between.
    "attrib file", // By its other name.
  ]);
});
