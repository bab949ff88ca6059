import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { run } from "../support/program.ts";

/** Hides /proc, as it is missing in a plain chroot. */
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
      const told: string[] = [];
      for await (const event of watcher) {
        told.push(`${event.type} ${event.path}`);
      }
      return [code, message, told];
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
