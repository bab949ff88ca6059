import { assert, assertEquals } from "@std/assert";
import { Libc } from "../../lib/kernel/libc.ts";
import { MountTable } from "../../lib/kernel/mount_table.ts";
import { mountAt } from "../../lib/kernel/stat.ts";

Deno.test("`MountTable` has the type of each mount", () => {
  using libc = Libc.acquire();
  const mounts = new MountTable(libc);
  assertEquals(mounts.typeOf(mountAt("/proc", libc)!), "proc");
  assertEquals(mounts.typeOf(-1n), undefined);
  assert(!mounts.hasReliableTimes(mountAt("/proc", libc)!));
  assert(!mounts.hasReliableTimes(0n));
});
