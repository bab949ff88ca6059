import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { canMount, Mount, OVERLAY } from "../support/mounts.ts";
import { Observation } from "../support/observation.ts";
import { runScript } from "../support/script.ts";

/** The entry in the lower layer, a change of it, and the events. */
const CASES: [hidden: string, script: string, lines: string[]][] = [
  ["touch file", "chmod 600 file", [
    "create tree/file synthetic",
    "attrib tree/file",
  ]],
  ["touch other", "mv other moved", ["moved_to tree/moved"]],
  ["mkdir directory; touch directory/file", "chmod 700 directory", [
    "create tree/directory/ synthetic",
    "attrib tree/directory/",
    "create tree/directory/file synthetic",
  ]],
];

Deno.test({
  name: "`watch()` scans again after an event with an unknown name",
  ignore: !canMount(OVERLAY),
  async fn() {
    using mount = new Mount(OVERLAY);
    const { path } = mount;
    const watcher = await watch(path, { recursive: true });
    await using observed = new Observation(watcher, path);
    for (const [hidden, script, lines] of CASES) {
      // The kernel reports no change of a lower layer.
      runScript(hidden, `${path}/../layers/lower/tree`);
      assertEquals(await observed.take(), [], hidden);
      runScript(script, `${path}/tree`);
      assertEquals(await observed.take(), lines, script);
    }
  },
});
