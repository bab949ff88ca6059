import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { LargeDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Observation } from "../support/observation.ts";

Deno.test("`watch()` finds changes after an overflow even if the clock was set back", async () => {
  using directory = new LargeDirectory();
  directory.directory("a");
  directory.directory("b");
  directory.file("a/kept");
  directory.file("b/written");
  const { now } = Date;
  // The clock is an hour ahead, and is set back.
  Date.now = () => now() + 3_600_000;
  try {
    const watcher = await watch(directory.path, { recursive: true });
    await using observed = new Observation(watcher, directory.path);
    assertEquals(await observed.take(), []);
    overflowQueue([directory.at("a"), directory.at("b")]);
    Deno.writeTextFileSync(directory.at("b/written"), "text");
    Date.now = now;
    const lines = await observed.take();
    assertEquals(lines.slice(lines.indexOf("overflow")).toSorted(), [
      "modify a/kept synthetic",
      "modify b/written synthetic",
      "overflow",
    ]);
  } finally {
    Date.now = now;
  }
});
