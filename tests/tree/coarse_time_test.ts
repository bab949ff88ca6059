import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { run } from "../support/program.ts";
import { succeeds } from "../support/tools.ts";

/** The command for a place where `$0` is a file system of whole seconds. */
const SCRIPT = 'truncate -s 4M "$0.img" && mke2fs -q -I 128 "$0.img" >&2 && ' +
  'mount -o loop "$0.img" "$0" && exec "$@"';

function withSeconds(path: string): [string, ...string[]] {
  return ["unshare", "--mount", "sh", "-c", SCRIPT, path];
}

const ignore = !canMount();

if (ignore) {
  console.warn("Ignoring the test that mounts an image: that is refused");
}

function canMount(): boolean {
  using directory = new TestDirectory();
  return succeeds(...withSeconds(directory.directory("a")), "true");
}

Deno.test({
  name: "`watch()` finds modified files on a file system with whole seconds",
  ignore,
  async fn() {
    using directory = new TestDirectory();
    const path = directory.directory("mounted");
    const outcome = await run(async ({ watch }, input) => {
      const { path, flood } = JSON.parse(input);
      const { overflowQueue } = await import(flood);
      for (const name of ["a", "b"]) Deno.mkdirSync(`${path}/${name}`);
      Deno.writeTextFileSync(`${path}/file`, "");
      const options = { recursive: true, events: ["modify"] } as const;
      const watcher = await watch(path, options);
      await watcher.sync();
      overflowQueue([`${path}/a`, `${path}/b`]);
      Deno.writeTextFileSync(`${path}/file`, "changed");
      await watcher.sync();
      await watcher.close();
      const events = await Array.fromAsync(watcher);
      return events.map(({ type }) => type);
    }, {
      within: withSeconds(path),
      permissions: ["--allow-all"],
      input: JSON.stringify({
        path,
        flood: import.meta.resolve("../support/flood.ts"),
      }),
    });
    assertEquals(outcome, { value: ["overflow", "modify"] });
  },
});
