import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { describe, Observation } from "../support/observation.ts";
import { writeBeside } from "../support/writer.ts";

/** Returns a filter that skips nothing and calls `meddle` at its first call. */
function once(meddle: () => void): () => false {
  let wasAsked = false;
  return () => {
    if (!wasAsked) meddle();
    wasAsked = true;
    return false;
  };
}

const GOING: [type: string, go: (root: string) => void][] = [
  ["delete_self", (root) => Deno.removeSync(root, { recursive: true })],
  ["move_self", (root) => Deno.renameSync(root, `${root}-moved`)],
];

for (const [type, go] of GOING) {
  Deno.test(`\`watch()\` reports a ${type} while it walks`, async () => {
    using directory = new TestDirectory();
    const root = directory.directory("root");
    directory.directory("root/a");
    const watcher = await watch(root, {
      recursive: true,
      exclude: [once(() => go(root))],
    });
    const events = await Array.fromAsync(watcher);
    assertEquals(describe(events, directory.path), [`${type} root`]);
    await watcher.close();
  });
}

Deno.test('`watch()` with `missing: "wait"` waits for a directory that is deleted before its scan', async () => {
  using directory = new TestDirectory();
  // More than one step scans.
  const roots = Array.from(
    { length: 65 },
    (_, i) => directory.directory(`${i}`),
  );
  directory.directory("0/folder");
  const last = roots.at(-1)!;
  await using observed = new Observation(
    await watch(roots, {
      recursive: true,
      missing: "wait",
      exclude: [once(() => Deno.removeSync(last))],
    }),
    directory.path,
  );
  assertEquals(await observed.take(), ["delete_self 64"]);
  Deno.mkdirSync(last);
  assertEquals(await observed.take(), ["create 64/ synthetic"]);
});

Deno.test('`watch()` with `missing: "wait"` waits for a file that is deleted before its scan', async () => {
  using directory = new TestDirectory();
  const path = directory.file("file");
  // Any of these files may be deleted too early.
  const paths = Array.from(
    { length: 20 },
    (_, i) => directory.path + "/".repeat(i + 1) + "file",
  );
  let isWriting = true;
  const writing = writeBeside(path, (path) => {
    for (let i = 0; i < 10_000; i++) {
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "");
    }
  }).finally(() => isWriting = false);
  try {
    while (isWriting) {
      await using _watcher = await watch(paths, { missing: "wait" });
    }
  } finally {
    await writing;
  }
});
