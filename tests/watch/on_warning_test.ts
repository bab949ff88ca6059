import { assertEquals, assertRejects } from "@std/assert";
import { watch, type WatchWarning } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { until } from "../support/until.ts";

Deno.test("`onWarning` is called once for each path where inotify does not see everything", async () => {
  using directory = new TestDirectory();
  const warnings: WatchWarning[] = [];
  await using watcher = await watch(
    ["/proc/self", "/proc/self/task", directory.path],
    { events: [], onWarning: (warning) => warnings.push(warning) },
  );
  await watcher.add("/sys");
  await watcher.add("/proc/self");
  await until(() => warnings.length === 3);
  const unseen = "inotify does not see changes by the kernel";
  // The order is not specified for paths that are added one after the other.
  assertEquals(warnings.toSorted((a, b) => a.path < b.path ? -1 : 1), [
    {
      path: "/proc/self",
      fileSystem: "proc",
      reason: `'/proc/self' is on proc: ${unseen}`,
    },
    {
      path: "/proc/self/task",
      fileSystem: "proc",
      reason: `'/proc/self/task' is on proc: ${unseen}`,
    },
    {
      path: "/sys",
      fileSystem: "sysfs",
      reason: `'/sys' is on sysfs: ${unseen}`,
    },
  ]);
});

Deno.test("`onWarning` closes the watcher if it throws", async () => {
  const watcher = await watch("/proc/self", {
    events: [],
    onWarning: () => {
      throw new RangeError("no");
    },
  });
  await assertRejects(() => Array.fromAsync(watcher), RangeError, "no");
  await watcher.close();
});

Deno.test("`onWarning` is not called any more once the watcher is closed", async () => {
  const warnings: WatchWarning[] = [];
  const watcher = await watch("/proc/self", {
    events: [],
    onWarning: (warning) => warnings.push(warning),
  });
  await watcher.close();
  const before = [...warnings];
  // The warnings come in order, so this one would come after the others.
  let isDone = false;
  await using _ = await watch("/proc/self", {
    events: [],
    onWarning: () => isDone = true,
  });
  await until(() => isDone);
  assertEquals(warnings, before);
});
