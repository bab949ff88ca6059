import { assertEquals } from "@std/assert";
import { Doubts } from "../../lib/tree/doubts.ts";
import { watch } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { Observation } from "../support/observation.ts";
import { runScript } from "../support/script.ts";
import { exchange } from "../support/system.ts";

/** Calls `change` once, after the first entries were looked up. */
function afterProbe(change: () => void): Disposable {
  const { probe } = Doubts.prototype;
  let isDone = false;
  Doubts.prototype.probe = function (locked) {
    probe.call(this, locked);
    if (isDone) return;
    isDone = true;
    change();
  };
  return {
    [Symbol.dispose]() {
      Doubts.prototype.probe = probe;
      assertEquals(isDone, true);
    },
  };
}

Deno.test("`watch()` reports nothing below a directory that moved out while in doubt", async () => {
  using directory = new TestDirectory();
  runScript(
    "mkdir -p root/top/a root/top/b/c/d; : > root/top/a/file",
    directory.path,
  );
  const root = directory.at("root");
  const watcher = await watch(root, { recursive: true });
  await using observed = new Observation(watcher, root);
  using _ = afterProbe(() =>
    runScript("rmdir a/file/c/d", directory.at("out"))
  );
  exchange(`${root}/top/a/file`, `${root}/top/b`);
  Deno.renameSync(`${root}/top`, directory.at("out"));
  assertEquals(await observed.take(), [
    "move top/a/file -> top/b",
    "moved_from top/",
  ]);
  runScript("rmdir out/a/file/c; mkdir root/new", directory.path);
  assertEquals(await observed.take(), ["create new/"]);
});
