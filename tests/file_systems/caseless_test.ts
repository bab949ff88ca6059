import { assertEquals } from "@std/assert";
import { readTree } from "../storm/model.ts";
import { canMount, EXFAT, Mount, NTFS } from "../support/mounts.ts";
import { assertExact } from "../support/exact.ts";
import { describe, Observation, type Step } from "../support/observation.ts";
import { runScript } from "../support/script.ts";
import { watch } from "../../mod.ts";

const ignore = !canMount(EXFAT);

const GIVEN = "mkdir Photos; echo hi | tee report.txt other.txt > Photos/one";

/**
 * Each operation with its events. Directories are spelled as on disk: for another
 * spelling, FUSE has another inode, without a watch.
 */
const STEPS: Step[] = [
  ["echo more >> REPORT.TXT", ["modify report.txt", "close_write report.txt"]],
  ["mv REPORT.TXT final.txt", ["move report.txt -> final.txt"]],
  ["mv final.txt Final.TXT", ["move final.txt -> Final.TXT"]],
  ["mv FINAL.txt Photos/Final.TXT", ["move Final.TXT -> Photos/Final.TXT"]],
  ["echo more >> Photos/ONE", ["modify Photos/one", "close_write Photos/one"]],
  ["rm OTHER.TXT", ["delete other.txt"]],
  ["mkdir Photos/new", ["create Photos/new/"]],
  ["rmdir Photos/NEW", ["delete Photos/new/"]],
  ["mv Photos Pictures", ["move Photos/ -> Pictures/"]],
  ["rm -r PICTURES", [
    "delete Pictures/Final.TXT synthetic",
    "delete Pictures/one synthetic",
    "delete Pictures/",
  ]],
];

Deno.test({
  name: "`watch()` recognizes a file by each spelling of its name",
  ignore,
  async fn() {
    using mount = new Mount(EXFAT);
    const { path } = mount;
    runScript(GIVEN, path);
    const before = readTree(path);
    const watcher = await watch(path, { recursive: true });
    await using observed = new Observation(watcher, path);
    const all = [];
    for (const [script, lines] of STEPS) {
      runScript(script, path);
      const events = await observed.takeEvents();
      all.push(...events);
      assertEquals(
        describe(events, path).toSorted(),
        lines.toSorted(),
        script,
      );
      assertExact(all, path, new Map(before));
    }
  },
});

Deno.test({
  name: "`watch()` is exact if a file replaces another spelling",
  ignore,
  async fn() {
    using mount = new Mount(EXFAT);
    const { path } = mount;
    const watcher = await watch(path, { recursive: true });
    await using observed = new Observation(watcher, path);
    const all = [];
    const scripts = [
      "echo a > new",
      "echo b > tmp",
      // Before this, no listing had a name with a letter.
      "mv tmp NEW",
      "echo c > tmp; mv tmp nEW",
      "echo d >> New",
      "mkdir Sub; echo e > Sub/Tmp; echo f > Sub/f; mv Sub/TMP Sub/F",
      "mv Sub/f Sub2; rm -r SUB",
      "mv SUB2 new",
    ];
    for (const script of scripts) {
      runScript(script, path);
      all.push(...await observed.takeEvents());
      assertExact(all, path);
    }
  },
});

Deno.test({
  name: "`watch()` is exact where the file system makes all letters small",
  ignore: !canMount(NTFS),
  async fn() {
    using mount = new Mount(NTFS);
    const { path } = mount;
    runScript("mkdir Sub; echo > Old", path);
    const before = readTree(path);
    const watcher = await watch(path, { recursive: true });
    await using observed = new Observation(watcher, path);
    const all = [];
    for (
      const script of [
        "echo a > New",
        "mv NEW Sub/Moved; echo b >> SUB/MOVED",
        "mkdir -p Sub/Deep/A; echo c > Sub/Deep/A/File",
        "mv Sub Other; echo d > Other/DEEP/a/Last",
        "rm -r OTHER/deep; mv old OTHER",
      ]
    ) {
      runScript(script, path);
      all.push(...await observed.takeEvents());
      assertExact(all, path, new Map(before));
    }
  },
});

Deno.test({
  name: "`watch()` reports the first event of another spelling",
  ignore,
  async fn() {
    using mount = new Mount(EXFAT);
    const { path } = mount;
    runScript("mkdir -p 1/2", path);
    const watcher = await watch(path, { recursive: true });
    await using observed = new Observation(watcher, path);
    // No listing has had a name with a letter.
    for (const directory of [path, `${path}/1`]) {
      runScript(": > new", directory);
      await observed.take();
      runScript("echo >> NEW", directory);
      const events = await observed.takeEvents();
      assertEquals(describe(events, directory), [
        "modify new",
        "close_write new",
      ]);
    }
  },
});
