/** Mounts whose servers do not answer. Processes that hang are killed. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { Command } from "../support/command.ts";
import { canMount, EXFAT, Mount } from "../support/mounts.ts";
import { countAbove } from "../support/process.ts";
import { run } from "../support/program.ts";
import { runScript } from "../support/script.ts";

const ignore = !canMount(EXFAT);

const LIMITED = {
  within: ["timeout", "-s", "KILL", "60"],
  permissions: ["--allow-all"],
};

/** A directory with a mount in it, until it is disposed of. */
class Tree implements Disposable {
  readonly #resources = new DisposableStack();
  readonly path: string;
  readonly mount: Mount;

  constructor() {
    const directory = this.#resources.use(new TestDirectory());
    this.path = directory.path;
    directory.directory("local");
    const path = directory.directory("remote");
    this.mount = this.#resources.use(new Mount(EXFAT, path));
    this.#resources.use(this.mount.limitStops());
    runScript("mkdir -p a/b; touch a/b/file; mkdir c d e f g h", path);
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

Deno.test({
  name: "`watch()` can be aborted while a mount below hangs",
  ignore,
  async fn() {
    using tree = new Tree();
    const { mount } = tree;
    for (const path of [tree.path, mount.path, `${mount.path}/a`]) {
      using _ = mount.stopServer();
      const outcome = await run(async ({ watch }, path) => {
        const aborting = new AbortController();
        let ticks = 0;
        setInterval(() => {
          if (++ticks === 50) aborting.abort();
        }, 10);
        const { signal } = aborting;
        const { name } = await watch(path, { recursive: true, signal })
          .catch((error) => error);
        // A system call that hangs continues to hang.
        console.log(JSON.stringify({ value: name }));
        Deno.exit();
      }, { ...LIMITED, input: path });
      assertEquals(outcome, { value: "AbortError" }, path);
    }
  },
});

Deno.test({
  name: "`watch()` continues elsewhere while a mount below hangs",
  ignore,
  async fn() {
    using tree = new Tree();
    const source = import.meta.resolve("../support/mounts.ts");
    const outcome = await run(async ({ watch }, input) => {
      const { path, source } = JSON.parse(input);
      const { stopServerOf } = await import(source);
      await using watcher = await watch(path, { recursive: true });
      const iterator = watcher[Symbol.asyncIterator]();
      const next = async () => {
        const { value } = await iterator.next();
        return value!.path!.slice(path.length);
      };
      const reported: string[] = [];
      Deno.mkdirSync(`${path}/remote/new`);
      reported.push(await next());
      await watcher.sync();
      Deno.mkdirSync(`${path}/remote/new/deep`);
      reported.push(await next());
      {
        // The server stops answering before the mount can be scanned.
        Deno.mkdirSync(`${path}/remote/late`);
        using _ = stopServerOf(`${path}/remote`);
        reported.push(await next());
        for (let i = 0; i < 3; i++) {
          Deno.mkdirSync(`${path}/local/${i}`);
          reported.push(await next());
        }
      }
      await watcher.sync();
      Deno.mkdirSync(`${path}/remote/late/file`);
      reported.push(await next());
      return reported;
    }, { ...LIMITED, input: JSON.stringify({ path: tree.path, source }) });
    assertEquals(outcome, {
      value: [
        "/remote/new",
        "/remote/new/deep",
        "/remote/late",
        "/local/0",
        "/local/1",
        "/local/2",
        "/remote/late/file",
      ],
    });
  },
});

Deno.test({
  name: "`watch()` continues elsewhere if a mount hangs after renames on it",
  ignore,
  async fn() {
    using tree = new Tree();
    const source = import.meta.resolve("../support/mounts.ts");
    const outcome = await run(async ({ watch }, input) => {
      const { path, source } = JSON.parse(input);
      const { stopServerOf } = await import(source);
      const paths = [`${path}/local`, `${path}/remote/a`, `${path}/remote/c`];
      await using watcher = await watch(paths, { recursive: true });
      const reported: string[] = [];
      (async () => {
        for await (const { type, from, path: name } of watcher) {
          const names = [from, name].filter((each) => each !== undefined);
          reported.push([type, ...names].join(" ").replaceAll(`${path}/`, ""));
        }
      })();
      const until = async (line: string) => {
        while (!reported.includes(line)) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      Deno.mkdirSync(`${path}/remote/c/full`);
      Deno.mkdirSync(`${path}/remote/c/empty`);
      Deno.mkdirSync(`${path}/remote/c/full/1`);
      await until("create remote/c/full/1");
      await watcher.sync();
      {
        // The second half of the first rename is not watched.
        Deno.renameSync(`${path}/remote/a/b`, `${path}/remote/d/b`);
        Deno.renameSync(`${path}/remote/c/full`, `${path}/remote/c/empty`);
        using _ = stopServerOf(`${path}/remote`);
        for (const name of ["1", "2", "3"]) {
          Deno.mkdirSync(`${path}/local/${name}`);
          await until(`create local/${name}`);
        }
        await until("moved_from remote/a/b");
        await until("move remote/c/full remote/c/empty");
      }
      await watcher.sync();
      Deno.mkdirSync(`${path}/remote/c/empty/1/2`);
      Deno.renameSync(`${path}/remote/d/b`, `${path}/remote/c/b`);
      await until("create remote/c/b/file");
      await until("create remote/c/empty/1/2");
      return reported.filter((line) => /delete|unwatched|overflow/.test(line));
    }, { ...LIMITED, input: JSON.stringify({ path: tree.path, source }) });
    assertEquals(outcome, { value: [] });
  },
});

Deno.test({
  name:
    "`watch()` continues elsewhere if a given path hangs after a rename above",
  ignore,
  async fn() {
    using tree = new Tree();
    using other = new TestDirectory();
    const source = import.meta.resolve("../support/mounts.ts");
    const outcome = await run(async ({ watch }, input) => {
      const { path, source, other } = JSON.parse(input);
      const { stopServerOf } = await import(source);
      const given = `${path}/remote/a`;
      const options = { recursive: true, events: ["create"] } as const;
      await using watcher = await watch([given, other], options);
      const iterator = watcher[Symbol.asyncIterator]();
      const next = async () => (await iterator.next()).value!.path;
      const reported: (string | undefined)[] = [];
      {
        using _ = stopServerOf(`${path}/remote`);
        // The kernel answers for the server until it asks it again.
        const args = ["-s", "KILL", "0.2", "sh", "-c", `cd '${given}'`];
        while (new Deno.Command("timeout", { args }).outputSync().success);
        Deno.renameSync(path, `${path}.moved`);
        Deno.renameSync(`${path}.moved`, path);
        for (let i = 0; i < 3; i++) {
          Deno.mkdirSync(`${other}/${i}`);
          reported.push(await next());
        }
      }
      await watcher.sync();
      Deno.mkdirSync(`${given}/new`);
      reported.push(await next());
      return reported;
    }, {
      ...LIMITED,
      input: JSON.stringify({ path: tree.path, source, other: other.path }),
    });
    const local = [0, 1, 2].map((i) => other.at(`${i}`));
    assertEquals(outcome, { value: [...local, `${tree.path}/remote/a/new`] });
  },
});

Deno.test({
  name: "`watch()` resolves once the server of a mount below answers again",
  ignore,
  async fn() {
    using tree = new Tree();
    const source = import.meta.resolve("../support/mounts.ts");
    const outcome = await run(async ({ watch }, input) => {
      const { path, source } = JSON.parse(input);
      const { stopServerOf } = await import(source);
      const stopped = stopServerOf(`${path}/remote`);
      setTimeout(() => stopped[Symbol.dispose](), 300);
      const options = { recursive: true, initial: true } as const;
      const watcher = await watch(path, options);
      const count = watcher.watchCount;
      await watcher.close();
      const events = await Array.fromAsync(watcher);
      return [count, events.map(({ path }) => path).toSorted()];
    }, { ...LIMITED, input: JSON.stringify({ path: tree.path, source }) });
    const { path } = tree;
    const names = ["a", "a/b", "a/b/file", "c", "d", "e", "f", "g", "h"];
    assertEquals(outcome, {
      value: [
        11 + countAbove(path),
        [
          `${path}/local`,
          `${path}/remote`,
          ...names.map((name) => `${path}/remote/${name}`),
        ],
      ],
    });
  },
});

Deno.test({
  name: "`watch()` does not block the program if a server stops during a walk",
  ignore,
  async fn() {
    using tree = new Tree();
    const { path } = tree;
    for (let i = 0; i < 300; i++) {
      const name = `remote/a/${i % 17}/${i}`;
      Deno.mkdirSync(`${path}/${name}`, { recursive: true });
    }
    const source = import.meta.resolve("../support/mounts.ts");
    const outcome = await run(async ({ watch }, input) => {
      const { path, source } = JSON.parse(input);
      const { stopServerOf } = await import(source);
      let ticks = 0;
      const timer = setInterval(() => ticks++, 5);
      const walks = Array.from({ length: 10 }, async () => {
        const watcher = await watch(path, { recursive: true });
        const { watchCount } = watcher;
        await watcher.close();
        return watchCount;
      });
      for (let i = 0; i < 20; i++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        using _ = stopServerOf(`${path}/remote`);
        const before = ticks;
        while (ticks < before + 4) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      clearInterval(timer);
      return await Promise.all(walks);
    }, { ...LIMITED, input: JSON.stringify({ path, source }) });
    assertEquals(outcome, {
      value: Array(10).fill(11 + 17 + 300 + countAbove(path)),
    });
  },
});

Deno.test({
  name: "`cli.ts -r` ends at once on a hung mount, and above and below it",
  ignore,
  async fn() {
    for (const name of ["", "/remote", "/remote/a"]) {
      using tree = new Tree();
      using _ = tree.mount.stopServer();
      const begin = performance.now();
      await using command = new Command(["-r", tree.path + name], {
        within: LIMITED.within,
      });
      // The command is not ready yet, and prints nothing to wait for.
      const again = setInterval(() => command.kill("SIGTERM"), 1000);
      const { code } = await command.status;
      clearInterval(again);
      assert(code === 143, `${code}`);
      assertGreater(50_000, performance.now() - begin);
    }
  },
});
