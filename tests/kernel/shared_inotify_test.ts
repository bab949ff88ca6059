import { assertEquals } from "@std/assert";
import { addWatch } from "../../lib/kernel/add_watch.ts";
import { toCString } from "../../lib/kernel/byte_path.ts";
import { Libc } from "../../lib/kernel/libc.ts";
import { InotifyShare } from "../../lib/kernel/shared_inotify.ts";
import { IN } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { countWatches } from "../support/process.ts";

function watch(inotify: InotifyShare, path: string): number {
  using libc = Libc.acquire();
  const mask = IN.CREATE | IN.MASK_ADD;
  return addWatch({ inotify, location: toCString(path), path, mask }, libc);
}

function names(share: InotifyShare): string[] {
  return share.read().map(({ mask, name }) =>
    name || (mask & IN.Q_OVERFLOW ? "overflow" : "ignored")
  );
}

Deno.test("`InotifyShare` gets the events of the watches that it holds", async () => {
  using directory = new TestDirectory();
  const [a, b] = [directory.directory("a"), directory.directory("b")];
  const [one, other] = [new InotifyShare(), new InotifyShare()];
  assertEquals(watch(one, a), watch(other, a));
  watch(other, b);
  directory.file("a/1");
  directory.file("b/2");
  assertEquals([names(one), names(other)], [["1"], ["1", "2"]]);
  await other.close();
  directory.file("a/3");
  assertEquals([names(one), names(other)], [["3"], []]);
  assertEquals(countWatches(), 1);
  await one.close();
});

Deno.test("`InotifyShare` gets no event from before it held the watch", async () => {
  using directory = new TestDirectory();
  const [one, other] = [new InotifyShare(), new InotifyShare()];
  watch(one, directory.path);
  directory.file("1");
  watch(other, directory.path);
  directory.file("2");
  assertEquals([names(one), names(other)], [["1", "2"], ["2"]]);
  for (const share of [one, other]) await share.close();
});

Deno.test("`InotifyShare` releases a watch alone, and gets an event at its end", async () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  const [one, other] = [new InotifyShare(), new InotifyShare()];
  const wd = watch(one, path);
  watch(other, path);
  one.release(wd);
  directory.file("a/1");
  assertEquals([names(one), names(other)], [[], ["1"]]);
  assertEquals(watch(one, path), wd);
  Deno.removeSync(path, { recursive: true });
  assertEquals([names(one), names(other)], [["ignored"], ["ignored"]]);
  for (const share of [one, other]) await share.close();
});

Deno.test("an `InotifyShare` that does not read overflows alone", async () => {
  using directory = new TestDirectory();
  const [one, other] = [new InotifyShare(10), new InotifyShare(10)];
  for (const share of [one, other]) watch(share, directory.path);
  const seen: string[] = [];
  for (let i = 0; i < 20; i++) {
    directory.directory(`${i}`);
    seen.push(...names(one));
  }
  const all = Array.from({ length: 20 }, (_, i) => `${i}`);
  assertEquals(seen, all);
  assertEquals(names(other), [...all.slice(0, 10), "overflow"]);
  directory.directory("20");
  assertEquals([names(one), names(other)], [["20"], ["20"]]);
  for (const share of [one, other]) await share.close();
});

Deno.test("`InotifyShare` waits for an event of its own, or for the timeout", async () => {
  using directory = new TestDirectory();
  const [one, other] = [new InotifyShare(), new InotifyShare()];
  const [a, b] = [directory.directory("a"), directory.directory("b")];
  watch(one, a);
  watch(other, b);
  let isOver = false;
  const waiting = one.wait().then((open) => {
    isOver = true;
    return open;
  });
  directory.file("b/1");
  assertEquals(await other.wait(), true);
  assertEquals(names(other), ["1"]);
  await other.wait(5);
  assertEquals(isOver, false);
  directory.file("a/2");
  // Whichever share reads, the other one gets its events.
  other.read();
  assertEquals(await waiting, true);
  assertEquals(names(one), ["2"]);
  const last = [one.wait(), other.wait()];
  await Promise.all([one.close(), other.close()]);
  assertEquals(await Promise.all(last), [false, false]);
});
