/** Mount namespaces, such as those of containers. */

import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { canMount, EXFAT, Mount } from "../support/mounts.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { countAbove } from "../support/process.ts";

/** A process with another file system at `path`, where its working directory is. */
class Container implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(path: string) {
    const script = 'mount -t tmpfs none "$0" && cd "$0" && echo && exec cat';
    this.#child = new Deno.Command("unshare", {
      args: ["-Urm", "sh", "-c", script, path],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
  }

  static async start(path: string): Promise<Container> {
    const container = new Container(path);
    const reader = container.#child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    return container;
  }

  /** The directory of the process in /proc, which has its root and working directory. */
  get proc(): string {
    return `/proc/${this.#child.pid}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.output();
  }
}

// While a remote file system is mounted anywhere, every directory in another
// namespace counts as remote.
for (const remote of [undefined, EXFAT]) {
  Deno.test({
    name: `\`watch()\` stays in the mount namespace that a path leads into${
      remote ? `, beside ${remote.name}` : ""
    }`,
    ignore: !(hasNamespaces && (!remote || canMount(remote))),
    async fn() {
      using _ = remote && new Mount(remote);
      using directory = new TestDirectory();
      await using container = await Container.start(directory.path);
      const path = `${container.proc}/root${directory.path}`;
      Deno.mkdirSync(`${path}/a/b`, { recursive: true });
      Deno.mkdirSync(directory.at("a/b"), { recursive: true });
      Deno.mkdirSync(directory.at("outside"));
      const watcher = await watch(path, {
        recursive: true,
        events: ["create", "move"],
      });
      const { watchCount } = watcher;
      directory.file("a/b/wrong");
      Deno.writeTextFileSync(`${path}/a/b/file`, "");
      Deno.mkdirSync(`${path}/a/b/c/d`, { recursive: true });
      Deno.symlinkSync(directory.at("outside"), `${path}/link`);
      await watcher.sync();
      Deno.renameSync(`${path}/a/b`, `${path}/b`);
      Deno.writeTextFileSync(`${path}/b/c/d/file`, "");
      directory.file("outside/wrong");
      await watcher.sync();
      // The path begins with three names in /proc.
      const above = 3 + countAbove(directory.path);
      assertEquals([watchCount, watcher.watchCount], [above + 3, above + 5]);
      await watcher.close();
      const events = await Array.fromAsync(watcher);
      // The order of events that scans find may vary.
      assertEquals(
        events.map((event) => event.path?.slice(path.length))
          .toSorted(),
        ["/a/b/c", "/a/b/c/d", "/a/b/file", "/b", "/b/c/d/file", "/link"],
      );
    },
  });
}

Deno.test({
  name: "`watch()` follows the name of a file in another mount namespace",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    await using container = await Container.start(directory.path);
    const name = directory.path.slice(directory.path.lastIndexOf("/") + 1);
    const paths = [
      `${container.proc}/root${directory.path}/a`,
      `${container.proc}/cwd/../${name}/b`,
    ];
    const watcher = await watch(paths, {
      missing: "wait",
      events: ["create", "moved_to"],
    });
    const expected: string[] = [];
    for (const [i, path] of paths.entries()) {
      directory.file("ab"[i]!);
      Deno.writeTextFileSync(path, "");
      await watcher.sync();
      Deno.renameSync(path, `${path}.moved`);
      Deno.renameSync(`${path}.moved`, path);
      await watcher.sync();
      expected.push(`create ${path}`, `moved_to ${path}`);
    }
    await watcher.close();
    const events = await Array.fromAsync(watcher);
    assertEquals(
      events.map((event) => `${event.type} ${event.path}`),
      expected,
    );
  },
});
