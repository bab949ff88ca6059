/** The mounts, where the process has no descriptor left to read them. */

import { assertEquals } from "@std/assert";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { passTick } from "../support/flood.ts";
import { hasNamespaces, WITH_MOUNTS } from "../support/namespaces.ts";
import { run } from "../support/program.ts";

Deno.test({
  name: "`watch()` goes on if mounts change while no descriptor is left",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    for (const name of ["root", "other"]) directory.directory(name);
    const outcome = await run(async ({ watch }, path) => {
      const watcher = await watch(`${path}/root`, { events: ["create"] });
      const iterator = watcher[Symbol.asyncIterator]();
      const next = async () => {
        const { value } = await iterator.next();
        return [value?.type, value?.path];
      };
      // The process cannot start it later, but can create a directory.
      const script = `until [ -d "$0/gate" ]; do sleep 0.01; done
        mount -t tmpfs none "$0/other" && mkdir "$0/root/mounted"`;
      const child = new Deno.Command("sh", { args: ["-c", script, path] })
        .spawn();
      const files: Deno.FsFile[] = [];
      try {
        for (;;) files.push(Deno.openSync(Deno.execPath()));
      } catch {
        // No descriptor is left.
      }
      Deno.mkdirSync(`${path}/gate`);
      const observed = [await next()];
      await watcher.sync();
      for (const file of files) file.close();
      await child.status;
      Deno.mkdirSync(`${path}/root/after`);
      observed.push(await next());
      await watcher.close();
      return observed;
    }, {
      within: [
        ...WITH_MOUNTS,
        ...["sh", "-c", 'ulimit -n 100 && exec "$@"', "sh"],
      ],
      permissions: ["--allow-all"],
      input: directory.path,
    });
    assertEquals(outcome, {
      value: [
        ["create", directory.at("root/mounted")],
        ["create", directory.at("root/after")],
      ],
    });
  },
});

Deno.test("`watch()` finds an unchanged file unchanged after an overflow while no descriptor is left", async () => {
  using directory = new LargeDirectory();
  for (const name of ["a", "b"]) directory.directory(name);
  directory.file("file");
  await passTick();
  const outcome = await run(async ({ watch }, path) => {
    const limit = Number(
      Deno.readTextFileSync("/proc/sys/fs/inotify/max_queued_events"),
    );
    const paths = ["file", "a", "b"].map((name) => `${path}/${name}`);
    const watcher = await watch(paths, { events: ["attrib", "modify"] });
    const files: Deno.FsFile[] = [];
    try {
      for (;;) files.push(Deno.openSync(Deno.execPath()));
    } catch {
      // No descriptor is left.
    }
    for (let i = 0; i <= limit; i++) Deno.chmodSync(paths[1 + i % 2]!, 0o700);
    await watcher.sync();
    for (const file of files) file.close();
    const ended = watcher.close();
    const types = new Set<string>();
    for await (const { type } of watcher) types.add(type);
    await ended;
    return [...types].sort();
  }, {
    within: ["sh", "-c", 'ulimit -n 100 && exec "$@"', "sh"],
    permissions: ["--allow-all"],
    input: directory.path,
  });
  // The directories cannot be listed, and that is reported.
  assertEquals(outcome, { value: ["attrib", "overflow", "unwatched"] });
});
