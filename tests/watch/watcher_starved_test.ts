import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { ABOVE, hasNamespaces, limited } from "../support/namespaces.ts";
import { run } from "../support/program.ts";
import { playWithin } from "../support/scenario.ts";

Deno.test({
  name:
    "`watch()` follows directories over the limit once watches are released",
  ignore: !hasNamespaces,
  fn: () =>
    playWithin(limited("watches", 4, ABOVE), {
      does: "follows directories over the limit once watches are released",
      given: "mkdir root",
      watch: ["root"],
      options: { recursive: true },
      steps: [
        ["mkdir root/a root/b root/c", [
          "create root/a/",
          "create root/b/",
          "create root/c/",
        ]],
        ["mkdir root/d root/e; touch root/d/file", [
          "create root/d/",
          "create root/e/",
          "unwatched root/d ENOSPC",
          "unwatched root/e ENOSPC",
        ]],
        ["rmdir root/a", ["delete root/a/", "create root/d/file synthetic"]],
        ["rm root/d/file; rmdir root/b; mkdir root/e/f", [
          "delete root/d/file",
          "delete root/b/",
          "create root/e/f/ synthetic",
          "unwatched root/e/f ENOSPC",
        ]],
      ],
      watches: 4,
    }),
});

Deno.test({
  name: "`watch()` follows directories over the limit once the limit is raised",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    directory.directory("root");
    const outcome = await run(async ({ watch }, path) => {
      const options = { recursive: true, events: ["create"] } as const;
      const watcher = await watch(path, options);
      const iterator = watcher[Symbol.asyncIterator]();
      const observed: unknown[] = [];
      const take = async () => {
        const { value } = await iterator.next();
        observed.push([value?.type, value && "path" in value && value.path]);
      };
      Deno.mkdirSync(`${path}/a/b/c`, { recursive: true });
      await take();
      await take();
      // From here on, nothing changes in the tree.
      Deno.writeTextFileSync("/proc/sys/user/max_inotify_watches", "40");
      await take();
      await take();
      await watcher.sync();
      Deno.mkdirSync(`${path}/a/b/c/d`);
      await take();
      await watcher.close();
      return observed;
    }, {
      within: limited("watches", 1, ABOVE),
      permissions: ["--allow-all"],
      input: directory.at("root"),
    });
    const root = directory.at("root");
    assertEquals(outcome, {
      value: [
        ["create", `${root}/a`],
        ["unwatched", `${root}/a`],
        ["create", `${root}/a/b`],
        ["create", `${root}/a/b/c`],
        ["create", `${root}/a/b/c/d`],
      ],
    });
  },
});
