import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { ABOVE, hasNamespaces, limited } from "../support/namespaces.ts";
import { hasUnprivileged, unprivileged } from "../support/privileges.ts";
import { countAbove } from "../support/process.ts";
import { run } from "../support/program.ts";
import { playWithin, type Scenario } from "../support/scenario.ts";

const SCENARIOS: [within: readonly string[], scenario: Scenario][] = [
  // Limits
  [limited("watches", 4, ABOVE), {
    does: "continues at the limit on watches, and reports what is not watched",
    given: "mkdir root",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["mkdir root/a", ["create root/a/"]],
      ["mkdir root/b root/c", ["create root/b/", "create root/c/"]],
      ["mkdir root/d", ["create root/d/", "unwatched root/d ENOSPC"]],
      ["mkdir root/d/never root/c/e", [
        "create root/c/e/",
        "unwatched root/c/e ENOSPC",
      ]],
      // A deleted directory frees a watch for a new one.
      ["rmdir root/a; mkdir root/f", ["delete root/a/", "create root/f/"]],
      ["mkdir root/f/g", ["create root/f/g/", "unwatched root/f/g ENOSPC"]],
      ["mv root/d/never root/f", [
        "moved_to root/f/never/",
        "unwatched root/f/never ENOSPC",
      ]],
    ],
    watches: 4,
  }],

  // Permissions
  [unprivileged, {
    does: "continues without a directory that may not be read, until it may",
    given: "mkdir -p root/secret/a root/open; chmod 0 root/secret",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["true", ["unwatched root/secret EACCES"]],
      ["mkdir root/open/b", ["create root/open/b/"]],
      ["chmod 700 root/secret", [
        "attrib root/secret/",
        "create root/secret/a/ synthetic",
      ]],
      ["mkdir root/secret/a/b", ["create root/secret/a/b/"]],
      ["chmod 0 root/secret", ["attrib root/secret/"]],
      ["chmod 700 root/secret; mkdir root/secret/c", [
        "attrib root/secret/",
        "create root/secret/c/",
      ]],
    ],
    watches: 7,
  }],
  [unprivileged, {
    does: "follows the rename of a directory that may not be read",
    given: "mkdir root",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["mkdir -m 300 root/new; mkdir root/new/a", [
        "create root/new/",
        "unwatched root/new EACCES",
      ]],
      ["mv root/new root/moved", ["move root/new/ -> root/moved/"]],
      ["chmod 700 root/moved", [
        "attrib root/moved/",
        "create root/moved/a/ synthetic",
      ]],
    ],
    watches: 3,
  }],

  [unprivileged, {
    does: "follows everything below a directory once it may be searched",
    given: "mkdir -p root top/sub/a; chmod 644 top",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["mv top root", [
        "moved_to root/top/",
        "create root/top/sub/ synthetic",
        "unwatched root/top/sub EACCES",
      ]],
      ["chmod 755 root/top", [
        "attrib root/top/",
        "create root/top/sub/a/ synthetic",
      ]],
      ["mkdir root/top/sub/a/b", ["create root/top/sub/a/b/"]],
    ],
    watches: 5,
  }],
  [unprivileged, {
    does: "follows everything below the given path once it may be searched",
    given: "mkdir -p root/sub/a; chmod 644 root",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["true", ["unwatched root/sub EACCES"]],
      ["chmod 755 root", ["attrib root/", "create root/sub/a/ synthetic"]],
      ["mkdir root/sub/a/b", ["create root/sub/a/b/"]],
    ],
    watches: 4,
  }],
  [unprivileged, {
    does: "follows everything below a moved directory once it may be searched",
    given: "mkdir -p root/a/top/sub; chmod 644 root/a/top",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["true", ["unwatched root/a/top/sub EACCES"]],
      ["mv root/a root/b", ["move root/a/ -> root/b/"]],
      ["chmod 755 root/b/top; mkdir root/b/top/sub/c", [
        "attrib root/b/top/",
        "create root/b/top/sub/c/ synthetic",
      ]],
    ],
    watches: 5,
  }],
  [unprivileged, {
    does: "follows a directory that may not be read any more",
    given: "mkdir -p root/a",
    watch: ["root"],
    options: { recursive: true },
    steps: [
      ["chmod 300 root/a; mkdir root/a/b", [
        "attrib root/a/",
        "create root/a/b/",
      ]],
      ["mkdir root/a/b/c", ["create root/a/b/c/"]],
      ["chmod 700 root/a", ["attrib root/a/"]],
    ],
    watches: 4,
  }],
];

for (const [within, scenario] of SCENARIOS) {
  Deno.test({
    name: `\`watch()\` ${scenario.does}`,
    ignore: within === unprivileged ? !hasUnprivileged : !hasNamespaces,
    fn: () => playWithin(within, scenario),
  });
}

Deno.test({
  name: "`watch()` rejects at the limit on watches, and leaks nothing",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    for (let i = 0; i < 20; i++) directory.directory(`${i}`);
    const outcome = await run(async ({ watch, WatchLimitError }, path) => {
      const refused = new Set<string>();
      // A leaked descriptor would be missing at the end.
      for (let i = 0; i < 100; i++) {
        try {
          await watch(path, { recursive: true });
        } catch (error) {
          if (!(error instanceof WatchLimitError)) throw error;
          const { code, limit, value } = error;
          refused.add(`${code} ${limit} ${value}`);
        }
      }
      const paths = Array.from({ length: 10 }, (_, i) => `${path}/${i}`);
      await using watcher = await watch(paths);
      return { refused: [...refused], watches: watcher.watchCount };
    }, { within: limited("watches", 10, ABOVE), input: directory.path });
    const above = countAbove(directory.at("0"));
    assertEquals(outcome, {
      value: {
        refused: [`ENOSPC user.max_inotify_watches ${10 + above}`],
        watches: 10 + above,
      },
    });
  },
});

Deno.test({
  name: "`add()` rejects at the limit on watches, and the watcher continues",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    for (const name of ["1", "1/a", "2", "2/a", "2/b", "2/c"]) {
      directory.directory(name);
    }
    const outcome = await run(async ({ watch }, path) => {
      const options = { recursive: true, events: ["create"] } as const;
      const watcher = await watch(`${path}/1`, options);
      const failures: string[] = [];
      for (let i = 0; i < 3; i++) {
        await watcher.add(`${path}/2`).catch(({ name }) => failures.push(name));
      }
      const { watchCount: watches } = watcher;
      Deno.mkdirSync(`${path}/1/a/new`);
      Deno.mkdirSync(`${path}/2/a/never`);
      await watcher.sync();
      await watcher.close();
      const events = await Array.fromAsync(watcher);
      return { failures, watches, events };
    }, {
      within: limited("watches", 4, ABOVE),
      permissions: ["--allow-ffi", "--allow-write"],
      input: directory.path,
    });
    const path = directory.at("1/a/new");
    const above = countAbove(directory.at("1"));
    assertEquals(outcome, {
      value: {
        failures: ["WatchLimitError", "WatchLimitError", "WatchLimitError"],
        watches: 2 + above,
        events: [{ type: "create", path, isDirectory: true }],
      },
    });
  },
});

for (const name of ["secret", "secret/a"]) {
  Deno.test({
    name: `\`watch()\` rejects the path '${name}', which may not be read`,
    ignore: !hasUnprivileged,
    async fn() {
      using directory = new TestDirectory();
      Deno.mkdirSync(directory.at("secret/a"), { recursive: true });
      Deno.chmodSync(directory.at("secret"), 0);
      const path = directory.at(name);
      const { error } = await run(({ watch }, path) => watch(path), {
        within: unprivileged,
        input: path,
      });
      assertEquals(error?.name, "PermissionDenied");
      assertEquals(
        error?.message,
        `Permission denied (os error 13): watch '${path}'`,
      );
    },
  });
}

Deno.test({
  name: "`add()` works again once the limit on watches is raised",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    for (const name of ["1", "2", "2/a"]) directory.directory(name);
    const outcome = await run(async ({ watch }, path) => {
      const watcher = await watch(`${path}/1`, { recursive: true });
      const { name } = await watcher.add(`${path}/2`).catch((error) => error);
      Deno.writeTextFileSync("/proc/sys/user/max_inotify_watches", "30");
      await watcher.add(`${path}/2`);
      Deno.mkdirSync(`${path}/2/a/new`);
      const { value } = await watcher[Symbol.asyncIterator]().next();
      await watcher.close();
      return [name, value];
    }, {
      within: limited("watches", 2, ABOVE),
      permissions: ["--allow-all"],
      input: directory.path,
    });
    const path = directory.at("2/a/new");
    const event = { type: "create", path, isDirectory: true };
    assertEquals(outcome, { value: ["WatchLimitError", event] });
  },
});

Deno.test("`watch()` recovers after no descriptor was left", async () => {
  using directory = new TestDirectory();
  directory.directory("root");
  directory.directory("other");
  const outcome = await run(async ({ watch }, path) => {
    const options = { recursive: true, events: ["create"] } as const;
    const watcher = await watch(`${path}/root`, options);
    const iterator = watcher[Symbol.asyncIterator]();
    const observed: unknown[] = [];
    const take = async () => {
      const { value: event } = await iterator.next();
      if (event?.type === "unwatched") {
        const { name, code, limit } = event.error as never;
        observed.push([event.type, event.path, name, code, limit]);
      } else observed.push([event?.type, event?.path]);
    };
    const files: Deno.FsFile[] = [];
    try {
      for (;;) files.push(Deno.openSync(Deno.execPath()));
    } catch {
      // No descriptor is left.
    }
    Deno.mkdirSync(`${path}/root/a/b`, { recursive: true });
    await take();
    await take();
    for (const open of [watch, (path: string) => watcher.add(path)]) {
      const error = await open(`${path}/other`).catch((error) => error);
      observed.push([error.name, error.code, error.limit]);
    }
    for (const file of files) file.close();
    Deno.chmodSync(`${path}/root/a`, 0o700);
    await take();
    await watcher.add(`${path}/other`);
    Deno.mkdirSync(`${path}/other/c`);
    await take();
    await watcher.close();
    return observed;
  }, {
    within: ["sh", "-c", 'ulimit -n 100 && exec "$@"', "sh"],
    permissions: ["--allow-ffi", "--allow-read", "--allow-write"],
    input: directory.path,
  });
  const { path } = directory;
  const reason = ["WatchLimitError", "EMFILE", "RLIMIT_NOFILE"];
  assertEquals(outcome, {
    value: [
      ["create", `${path}/root/a`],
      ["unwatched", `${path}/root/a`, ...reason],
      reason,
      reason,
      ["create", `${path}/root/a/b`],
      ["create", `${path}/other/c`],
    ],
  });
});

Deno.test({
  name: "`watch()` works again once another instance is closed",
  ignore: !hasNamespaces,
  async fn() {
    const outcome = await run(async ({ watch }) => {
      const one = await watch("/");
      const { name, limit } = await watch("/").catch((error) => error);
      await one.close();
      await using two = await watch("/");
      return [name, limit, two.watchCount];
    }, { within: limited("instances", 1) });
    const limit = "user.max_inotify_instances";
    assertEquals(outcome, { value: ["WatchLimitError", limit, 1] });
  },
});
