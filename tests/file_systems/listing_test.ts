/** Changes of a directory between the calls that watch and list it. */

import { assertEquals } from "@std/assert";
import { OpenDirectory } from "../../lib/kernel/directory.ts";
import { Libc } from "../../lib/kernel/libc.ts";
import { watch } from "../../mod.ts";
import { assertExact } from "../support/exact.ts";
import { BTRFS, canMount, Mount, TMPFS } from "../support/mounts.ts";
import { Observation } from "../support/observation.ts";
import { exchange } from "../support/system.ts";

/** Changes between two calls, in directories with the names 1 to 4. */
const CHANGES: [what: string, change: (root: string) => void][] = [
  ["a new file", (root) => Deno.writeTextFileSync(`${root}/a/new`, "")],
  ["two files that change places", (root) => {
    exchange(`${root}/a/1`, `${root}/a/2`);
  }],
  ["files that change places in turn", (root) => {
    exchange(`${root}/a/1`, `${root}/a/2`);
    exchange(`${root}/a/2`, `${root}/a/3`);
  }],
  ["files of two directories that change places", (root) => {
    exchange(`${root}/a/1`, `${root}/b/1`);
    exchange(`${root}/b/2`, `${root}/a/2`);
  }],
  ["directories that change places", (root) => {
    exchange(`${root}/a/3`, `${root}/a/4`);
    exchange(`${root}/a/4`, `${root}/b/4`);
  }],
  ["a file that replaces another one, and back", (root) => {
    Deno.renameSync(`${root}/a/1`, `${root}/a/2`);
    Deno.renameSync(`${root}/a/2`, `${root}/a/1`);
  }],
  ["a file and a directory that change places", (root) => {
    exchange(`${root}/a/1`, `${root}/a/3`);
    exchange(`${root}/b/3`, `${root}/a/2`);
  }],
];

for (const fileSystem of [BTRFS, TMPFS]) {
  const { name } = fileSystem;
  const ignore = !canMount(fileSystem);

  Deno.test({
    name:
      `\`list()\` has entries that were created after the directory was opened, on ${name}`,
    ignore,
    fn() {
      using mount = new Mount(fileSystem);
      const { path } = mount;
      using libc = Libc.acquire();
      using directory = new OpenDirectory(libc, path, { path, follow: "all" });
      Deno.writeTextFileSync(`${path}/late`, "");
      assertEquals([...directory.list()], [["late", false]]);
      Deno.writeTextFileSync(`${path}/later`, "");
      assertEquals(
        [...directory.list()].map(([name]) => name).toSorted(),
        ["late", "later"],
      );
    },
  });

  Deno.test({
    name: `\`watch()\` is exact after any change during a scan, on ${name}`,
    ignore,
    async fn(t) {
      using mount = new Mount(fileSystem);
      for (const [what, change] of CHANGES) {
        for (const call of ["watch", "rewind", "read"] as const) {
          for (const order of ["before", "after"] as const) {
            await t.step(`${what}, ${order} \`${call}()\``, async () => {
              const root = Deno.makeTempDirSync({ dir: mount.path });
              populate(root);
              using _ = amid(call, order, `${root}/a`, () => change(root));
              const options = { recursive: true, initial: true } as const;
              const watcher = await watch(root, options);
              await using observed = new Observation(watcher, root);
              assertExact(await observed.takeEvents(), root);
            });
          }
        }
      }
    },
  });
}

function populate(root: string): void {
  for (const directory of [`${root}/a`, `${root}/b`]) {
    Deno.mkdirSync(directory);
    for (const name of ["1", "2"]) {
      Deno.writeTextFileSync(`${directory}/${name}`, "");
    }
    for (const name of ["3", "4"]) {
      Deno.mkdirSync(`${directory}/${name}/${name}`, { recursive: true });
    }
  }
}

/**
 * Calls `change` once, before or after the first call of a method for the directory
 * at `path`.
 */
function amid(
  method: "watch" | "rewind" | "read",
  order: "before" | "after",
  path: string,
  change: () => void,
): Disposable {
  const { prototype } = OpenDirectory;
  const original = prototype[method];
  let isDone = false;
  // deno-lint-ignore no-explicit-any
  prototype[method] = function (this: OpenDirectory, ...args: any) {
    const isIt = !isDone && this.realPath() === path;
    isDone ||= isIt;
    if (isIt && order === "before") change();
    // deno-lint-ignore no-explicit-any
    const result = (original as any).apply(this, args);
    if (isIt && order === "after") change();
    return result;
  };
  return {
    [Symbol.dispose]() {
      prototype[method] = original as never;
      assertEquals(isDone, true);
    },
  };
}
