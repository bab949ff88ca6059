import { assertEquals } from "@std/assert";
import { OpenDirectory } from "../../lib/kernel/directory.ts";
import { Libc } from "../../lib/kernel/libc.ts";
import { BTRFS, canMount, Mount, TMPFS } from "../support/mounts.ts";

for (const fileSystem of [BTRFS, TMPFS]) {
  Deno.test({
    name: `\`list()\` has what came after it was opened, on ${fileSystem.name}`,
    ignore: !canMount(fileSystem),
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
}
