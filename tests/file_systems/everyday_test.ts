import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { difference, Model, readTree } from "../storm/model.ts";
import {
  BTRFS,
  canMount,
  EXFAT,
  Mount,
  OVERLAY,
  TMPFS,
} from "../support/mounts.ts";
import { Observation } from "../support/observation.ts";
import { isThorough } from "../support/thorough.ts";
import { isInstalled } from "../support/tools.ts";
import { EVERYDAY_STEPS } from "./everyday_steps.ts";

const STEPS = EVERYDAY_STEPS.filter(({ script, tools }) => {
  const missing = tools.find((tool) => !isInstalled(tool));
  if (missing === undefined) return true;
  console.warn(`Ignoring the step '${script}': ${missing}(1) is missing`);
  return false;
});

for (const fileSystem of [BTRFS, EXFAT, OVERLAY, TMPFS]) {
  Deno.test({
    name: `\`watch()\` is exact with everyday tools on ${fileSystem.name}`,
    ignore: !canMount(fileSystem),
    async fn() {
      const steps = isThorough || fileSystem === OVERLAY
        ? STEPS
        : STEPS.filter(({ tools }) => tools.length === 0);
      using mount = new Mount(fileSystem);
      const root = `${mount.path}/tree`;
      // On the overlay, these files are in the lower layer.
      runAll("mkdir -p tree/before/deep; touch tree/before/file", mount.path);
      runAll("touch tree/before/deep/file", mount.path);
      const model = new Model(readTree(root));
      const watcher = await watch(root, { recursive: true });
      await using observed = new Observation(watcher, root);
      for (const { script } of steps) {
        // Some steps fail on exFAT, which has neither links nor permissions.
        if (fileSystem === EXFAT) runAll(script, root);
        else assertEquals(runAll(`set -e; ${script}`, root), true, script);
        for (const event of await observed.takeEvents()) model.apply(event);
        const disk = readTree(root);
        assertEquals(
          {
            missing: difference(disk, model.entries),
            wrong: difference(model.entries, disk),
            anomalies: model.anomalies,
          },
          { missing: [], wrong: [], anomalies: [] },
          script,
        );
      }
    },
  });
}

/** Runs every command of a script; returns whether all succeeded. */
function runAll(script: string, cwd: string): boolean {
  const { success } = new Deno.Command("sh", {
    args: ["-c", script],
    cwd,
    env: { HOME: `${cwd}/..`, TMPDIR: "/tmp" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}
