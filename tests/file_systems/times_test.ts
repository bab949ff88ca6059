import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { canMount, EXFAT, Mount } from "../support/mounts.ts";
import { Observation } from "../support/observation.ts";
import { runScript } from "../support/script.ts";

Deno.test({
  name:
    "`watch()` finds changes after an overflow even if times are not reliable",
  ignore: !canMount(EXFAT),
  async fn() {
    using directory = new TestDirectory();
    directory.directory("a");
    directory.directory("b");
    using mount = new Mount(EXFAT);
    const { path } = mount;
    runScript("mkdir sub; touch given kept sub/written", path);
    const paths = [directory.path, `${path}/sub`, `${path}/given`];
    const watcher = await watch(paths, { recursive: true });
    await using observed = new Observation(watcher, path);
    overflowQueue([directory.at("a"), directory.at("b")]);
    runScript("echo text | tee given > sub/written", path);
    runScript("touch -d 2001-01-01 given sub/written", path);
    const lines = await observed.take();
    assertEquals(
      lines.slice(lines.indexOf("overflow")).toSorted(),
      [
        "modify given synthetic",
        "modify sub/written synthetic",
        "overflow",
      ],
    );
  },
});
