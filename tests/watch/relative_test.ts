import { assertEquals } from "@std/assert";
import { watch, type WatchEvent, type WatchOptions } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { describe } from "../support/observation.ts";
import { runScript } from "../support/script.ts";

const events = ["create", "delete", "move", "moved_to"] as const;

/** Returns the events of `script` with `relative: true`. */
async function observe(
  directory: TestDirectory,
  paths: string[],
  script: string,
  options: WatchOptions = {},
): Promise<WatchEvent[]> {
  const watcher = await watch(paths, {
    relative: true,
    recursive: true,
    events,
    ...options,
  });
  runScript(script, directory.path);
  await watcher.sync();
  await watcher.close();
  return await Array.fromAsync(watcher);
}

Deno.test("`relative` reports paths relative to the watched path", async () => {
  using directory = new TestDirectory();
  for (const name of ["root", "root/a"]) directory.directory(name);
  const reported = await observe(
    directory,
    [directory.at("root")],
    "mkdir root/d; mkdir root/a/b; mv root/a root/c; rmdir root/c/b",
  );
  assertEquals(describe(reported, "/"), [
    "create d/",
    "create a/b/",
    "move a/ -> c/",
    "delete c/b/",
  ]);
});

Deno.test('`relative` reports the watched path itself as ""', async () => {
  using directory = new TestDirectory();
  directory.file("file");
  const rows: [name: string, path: string, last: string][] = [
    ["root", directory.directory("root"), "delete_self"],
    ["slash", `${directory.directory("slash")}/`, "delete_self"],
    ["file", directory.at("file"), "delete"],
  ];
  for (const [name, path, last] of rows) {
    const watcher = await watch(path, { relative: true });
    runScript(`rm -r ${name}`, directory.path);
    // The watcher closes when its only path, a directory, is deleted.
    await watcher.sync();
    await watcher.close();
    const reported = await Array.fromAsync(watcher);
    assertEquals(new Set(reported.map(({ path }) => path)), new Set([""]));
    assertEquals(reported.at(-1)!.type, last);
  }
});

Deno.test("`relative` reports each path relative to its own watched path", async () => {
  using directory = new TestDirectory();
  for (const name of ["one", "other", "other/inner"]) directory.directory(name);
  const reported = await observe(
    directory,
    ["one", "other", "other/inner"].map((name) => directory.at(name)),
    "mkdir one/a other/b other/inner/c; mv one/a other/d",
  );
  assertEquals(
    new Set(describe(reported, "/")),
    new Set([
      "create a/",
      "create b/",
      "create c/",
      "move a/ -> d/",
    ]),
  );
});

Deno.test("`relative` calls filters with relative paths", async () => {
  using directory = new TestDirectory();
  for (const name of ["root", "root/a"]) directory.directory(name);
  const seen = new Set<string>();
  const reported = await observe(
    directory,
    [directory.at("root")],
    "mkdir root/a/skip root/a/b root/a/hide",
    {
      exclude: [(path) => path === "a/skip"],
      include: [(path) => seen.add(path) && path !== "a/hide"],
    },
  );
  assertEquals(describe(reported, "/"), ["create a/b/"]);
  assertEquals(seen, new Set(["a/b", "a/hide"]));
});

Deno.test("`relative` applies to `unwatched` and to `initial`", async () => {
  using directory = new TestDirectory();
  for (const name of ["root", "root/a", "root/a/b"]) directory.directory(name);
  const reported = await observe(directory, [directory.at("root")], ":", {
    initial: true,
  });
  assertEquals(describe(reported, "/"), [
    "create a/ synthetic",
    "create a/b/ synthetic",
  ]);
});
