import { assertEquals, assertThrows } from "@std/assert";
import { IN, Inotify } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { describe } from "../support/events.ts";

Deno.test("`IN.ONESHOT` removes the watch after one event", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.CREATE | IN.ONESHOT);
  directory.file("a");
  directory.file("b");
  assertEquals(
    describe(inotify.read()),
    [`${wd} IN_CREATE a`, `${wd} IN_IGNORED`],
  );
  assertThrows(() => inotify.rmWatch(wd), TypeError, "Invalid argument");
});

Deno.test("`addWatch()` replaces the mask of a watch", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.CREATE);
  assertEquals(inotify.addWatch(directory.path, IN.DELETE), wd);
  Deno.removeSync(directory.file("a"));
  assertEquals(describe(inotify.read()), [`${wd} IN_DELETE a`]);
});

Deno.test("`IN.MASK_ADD` adds to the mask of a watch", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.CREATE);
  const mask = IN.DELETE | IN.MASK_ADD;
  assertEquals(inotify.addWatch(directory.path, mask), wd);
  Deno.removeSync(directory.file("a"));
  assertEquals(
    describe(inotify.read()),
    [`${wd} IN_CREATE a`, `${wd} IN_DELETE a`],
  );
});

Deno.test("`IN.MASK_CREATE` fails if the inode is watched already", () => {
  using directory = new TestDirectory();
  const path = directory.file("a");
  Deno.linkSync(path, directory.at("b"));
  using inotify = new Inotify();
  const wd = inotify.addWatch(path, IN.ATTRIB | IN.MASK_CREATE);
  assertThrows(
    () => inotify.addWatch(directory.at("b"), IN.OPEN | IN.MASK_CREATE),
    Deno.errors.AlreadyExists,
    `File exists (os error 17): watch '${directory.at("b")}'`,
  );
  Deno.chmodSync(path, 0o600);
  assertEquals(describe(inotify.read()), [`${wd} IN_ATTRIB`]);
});

Deno.test("`IN.ONLYDIR` accepts only a directory", () => {
  using directory = new TestDirectory();
  const path = directory.file("a");
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE | IN.ONLYDIR);
  assertThrows(
    () => inotify.addWatch(path, IN.ATTRIB | IN.ONLYDIR),
    Deno.errors.NotADirectory,
    `Not a directory (os error 20): watch '${path}'`,
  );
});

for (const flag of ["DONT_FOLLOW", "ONLYDIR"] as const) {
  const target = flag === "DONT_FOLLOW" ? "link itself" : "target";

  Deno.test(`\`IN.${flag}\` watches the ${target} of a symbolic link`, () => {
    using directory = new TestDirectory();
    const path = directory.directory("a");
    const link = directory.at("link");
    Deno.symlinkSync("a", link);
    using inotify = new Inotify();
    const wd = inotify.addWatch(link, IN.DELETE_SELF | IN[flag]);
    Deno.removeSync(flag === "DONT_FOLLOW" ? path : link);
    assertEquals(inotify.read(), []);
    Deno.removeSync(flag === "DONT_FOLLOW" ? link : path);
    assertEquals(
      describe(inotify.read()),
      [`${wd} IN_DELETE_SELF`, `${wd} IN_IGNORED`],
    );
  });
}

for (
  const [flags, seen] of [[0, ["IN_MODIFY a"]], [IN.EXCL_UNLINK, []]] as const
) {
  const deed = flags === 0 ? "reports" : "with `IN.EXCL_UNLINK` leaves out";

  Deno.test(`\`Inotify\` ${deed} a write after the unlink`, () => {
    using directory = new TestDirectory();
    const path = directory.file("a");
    using inotify = new Inotify();
    const wd = inotify.addWatch(directory.path, IN.DELETE | IN.MODIFY | flags);
    using file = Deno.openSync(path, { write: true });
    Deno.removeSync(path);
    file.writeSync(Uint8Array.of(1));
    assertEquals(
      describe(inotify.read()),
      ["IN_DELETE a", ...seen].map((line) => `${wd} ${line}`),
    );
  });
}
