import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { run } from "../support/program.ts";

/** Hides /proc, which is missing in a plain chroot. */
const WITHOUT_PROC = [
  "unshare",
  "-Urm",
  "sh",
  "-c",
  'mount -t tmpfs none /proc && exec "$@"',
  "sh",
];

Deno.test({
  name: "`watch()` works without /proc",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    directory.directory("root");
    directory.directory("root/a");
    directory.directory("root/a/b");
    Deno.symlinkSync("root", directory.at("link"));
    const outcome = await run(async ({ watch }, path) => {
      const { code, message } = await watch(`${path}/missing`)
        .catch((error) => error);
      const watcher = await watch(`${path}/link`, {
        recursive: true,
        events: ["create", "delete", "move"],
      });
      Deno.mkdirSync(`${path}/root/a/c/d`, { recursive: true });
      await watcher.sync();
      Deno.renameSync(`${path}/root/a/c`, `${path}/root/e`);
      await watcher.sync();
      Deno.mkdirSync(`${path}/root/e/d/f`);
      Deno.removeSync(`${path}/root/a/b`);
      Deno.mkdirSync(`${path}/root/a/b`);
      await watcher.sync();
      await watcher.close();
      const reported: string[] = [];
      for await (const event of watcher) {
        reported.push(`${event.type} ${event.path}`);
      }
      return [code, message, reported];
    }, { within: WITHOUT_PROC, permissions: ["-A"], input: directory.path });
    const missing = directory.at("missing");
    const link = directory.at("link");
    assertEquals(outcome, {
      value: [
        "ENOENT",
        `No such file or directory (os error 2): watch '${missing}'`,
        [
          `create ${link}/a/c`,
          `create ${link}/a/c/d`,
          `move ${link}/e`,
          `create ${link}/e/d/f`,
          `delete ${link}/a/b`,
          `create ${link}/a/b`,
        ],
      ],
    });
  },
});

Deno.test({
  name: "`inotifyLimits()` says that /proc is missing",
  ignore: !hasNamespaces,
  async fn() {
    const { value } = await run(({ inotifyLimits }) => {
      try {
        return inotifyLimits();
      } catch (error) {
        return String(error);
      }
    }, { within: WITHOUT_PROC, permissions: ["-A"] });
    assertEquals(
      value,
      "NotFound: Cannot find out who uses inotify: /proc is not mounted",
    );
  },
});

Deno.test({
  name: "`OpenDirectory` does not watch what replaces it, without /proc",
  ignore: !hasNamespaces,
  async fn() {
    using directory = new TestDirectory();
    const path = directory.directory("root");
    const modules = ["directory", "libc", "inotify"].map((name) =>
      import.meta.resolve(`../../lib/kernel/${name}.ts`)
    );
    const { value } = await run(async (_, input) => {
      const { path, modules } = JSON.parse(input);
      const [{ OpenDirectory }, { Libc }, { Inotify }] = await Promise.all(
        modules.map((module: string) => import(module)),
      );
      using libc = Libc.acquire();
      using inotify = new Inotify();
      const codes: string[] = [];
      for (const isReplaced of [false, true]) {
        using open = new OpenDirectory(libc, path, { path, follow: "all" });
        const { fd } = inotify;
        const hold = () => {
          if (!isReplaced) return;
          Deno.renameSync(path, `${path}.old`);
          Deno.mkdirSync(path);
        };
        try {
          open.watch({ fd, hold }, 0x100);
          codes.push("watched");
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      }
      return codes;
    }, {
      within: WITHOUT_PROC,
      permissions: ["-A"],
      input: JSON.stringify({ path, modules }),
    });
    assertEquals(value, ["watched", "ENOENT"]);
  },
});
