import { assert, assertEquals } from "@std/assert";
import { IN, Inotify } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { describe, readAll, readUntil } from "../support/events.ts";
import { hasNamespaces } from "../support/namespaces.ts";

interface Row {
  /** The operation, in a directory that has `file` and the empty `folder`. */
  does: string;
  run: (directory: TestDirectory) => void;
  /** The watched paths, for every event; by default the directory. */
  watch?: ("." | "file" | "folder")[];
  /** The lines of {@linkcode describe}. */
  events: string[];
}

const ROWS: Row[] = [
  {
    does: "reading a file",
    run: (directory) => Deno.readFileSync(directory.at("file")),
    events: [
      ". IN_OPEN file",
      ". IN_ACCESS file",
      ". IN_CLOSE_NOWRITE file",
    ],
  },
  {
    does: "writing a new file",
    run: (directory) => Deno.writeTextFileSync(directory.at("new"), "text"),
    events: [
      ". IN_CREATE new",
      ". IN_OPEN new",
      ". IN_MODIFY new",
      ". IN_CLOSE_WRITE new",
    ],
  },
  {
    does: "truncating a file",
    run: (directory) => Deno.truncateSync(directory.at("file")),
    events: [
      ". IN_OPEN file",
      ". IN_MODIFY file",
      ". IN_CLOSE_WRITE file",
    ],
  },
  {
    does: "changing the permissions of a file",
    run: (directory) => Deno.chmodSync(directory.at("file"), 0o600),
    events: [". IN_ATTRIB file"],
  },
  {
    does: "changing the times of a directory",
    run: (directory) => Deno.utimeSync(directory.at("folder"), 0, 0),
    events: [". IN_ATTRIB|IN_ISDIR folder"],
  },
  {
    does: "creating a directory",
    run: (directory) => directory.directory("new"),
    events: [". IN_CREATE|IN_ISDIR new"],
  },
  {
    does: "creating a symbolic link",
    run: (directory) => Deno.symlinkSync("folder", directory.at("new")),
    events: [". IN_CREATE new"],
  },
  {
    does: "creating a hard link",
    run: (directory) =>
      Deno.linkSync(directory.at("file"), directory.at("new")),
    events: [". IN_CREATE new"],
  },
  {
    does: "creating a hard link to the watched file",
    watch: ["file"],
    run: (directory) =>
      Deno.linkSync(directory.at("file"), directory.at("new")),
    events: ["file IN_ATTRIB"],
  },
  {
    does: "deleting a file",
    run: (directory) => Deno.removeSync(directory.at("file")),
    events: [". IN_DELETE file"],
  },
  {
    does: "deleting a directory",
    run: (directory) => Deno.removeSync(directory.at("folder")),
    events: [". IN_DELETE|IN_ISDIR folder"],
  },
  {
    does: "listing the watched directory",
    watch: ["folder"],
    run: (directory) => [...Deno.readDirSync(directory.at("folder"))],
    events: [
      "folder IN_OPEN|IN_ISDIR",
      "folder IN_ACCESS|IN_ISDIR",
      "folder IN_CLOSE_NOWRITE|IN_ISDIR",
    ],
  },
  {
    does: "moving a file",
    run: (directory) =>
      Deno.renameSync(directory.at("file"), directory.at("new")),
    events: [
      ". IN_MOVED_FROM file #1",
      ". IN_MOVED_TO new #1",
    ],
  },
  {
    does: "moving a file into a watched directory",
    watch: [".", "folder"],
    run: (directory) =>
      Deno.renameSync(directory.at("file"), directory.at("folder/new")),
    events: [
      ". IN_MOVED_FROM file #1",
      "folder IN_MOVED_TO new #1",
    ],
  },
  {
    does: "moving a directory out and back in",
    watch: ["folder"],
    run: (directory) => {
      directory.directory("folder/a");
      Deno.renameSync(directory.at("folder/a"), directory.at("a"));
      Deno.renameSync(directory.at("a"), directory.at("folder/b"));
    },
    events: [
      "folder IN_CREATE|IN_ISDIR a",
      "folder IN_MOVED_FROM|IN_ISDIR a #1",
      "folder IN_MOVED_TO|IN_ISDIR b #2",
    ],
  },
  {
    does: "moving the watched file, whose watch continues",
    watch: ["folder"],
    run: (directory) => {
      Deno.renameSync(directory.at("folder"), directory.at("new"));
      directory.directory("new/a");
    },
    events: [
      "folder IN_MOVE_SELF",
      "folder IN_CREATE|IN_ISDIR a",
    ],
  },
  {
    does: "appending to the watched file",
    watch: ["file"],
    run: (directory) =>
      Deno.writeTextFileSync(directory.at("file"), "text", { append: true }),
    events: ["file IN_OPEN", "file IN_MODIFY", "file IN_CLOSE_WRITE"],
  },
  {
    does: "deleting the watched file",
    watch: ["file"],
    run: (directory) => Deno.removeSync(directory.at("file")),
    events: ["file IN_ATTRIB", "file IN_DELETE_SELF", "file IN_IGNORED"],
  },
  {
    does: "deleting a watched directory",
    watch: ["folder"],
    run: (directory) => Deno.removeSync(directory.at("folder")),
    events: ["folder IN_DELETE_SELF", "folder IN_IGNORED"],
  },
];

for (const { does, run, watch = ["."], events } of ROWS) {
  Deno.test(`\`Inotify\` reports ${does}`, () => {
    using directory = new TestDirectory();
    Deno.writeTextFileSync(directory.at("file"), "before");
    directory.directory("folder");
    using inotify = new Inotify();
    const watches = new Map(watch.map((name) => [
      inotify.addWatch(directory.at(name), IN.ALL_EVENTS),
      name,
    ]));
    run(directory);
    assertEquals(describe(inotify.read(), watches), events);
  });
}

Deno.test("`Inotify` reports only events of the mask", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.DELETE);
  Deno.removeSync(directory.file("a"));
  assertEquals(describe(inotify.read()), [`${wd} IN_DELETE a`]);
});

Deno.test({
  name: "`Inotify` reports that the watched file system was unmounted",
  ignore: !hasNamespaces,
  async fn() {
    const script = "mount -t tmpfs none /mnt && echo && cat && umount /mnt";
    const child = new Deno.Command("unshare", {
      args: ["-Urm", "sh", "-c", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const output = child.stdout.getReader();
    assert(!(await output.read()).done);
    using inotify = new Inotify();
    const path = `/proc/${child.pid}/root/mnt`;
    const wd = inotify.addWatch(path, IN.CREATE);
    await child.stdin.getWriter().close();
    const isLast = ({ mask }: { mask: number }) => mask === IN.IGNORED;
    assertEquals(
      describe(await readUntil(inotify, isLast)),
      [`${wd} IN_UNMOUNT|IN_ISDIR`, `${wd} IN_IGNORED`],
    );
    assert((await child.status).success);
    await output.cancel();
  },
});

Deno.test("`rmWatch()` is followed by one last event", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.CREATE);
  directory.file("a");
  inotify.rmWatch(wd);
  directory.file("b");
  assertEquals(
    describe(inotify.read()),
    [`${wd} IN_CREATE a`, `${wd} IN_IGNORED`],
  );
});

const NAMES: [what: string, name: string, bytes: number[]][] = [
  ["255 bytes", "x".repeat(255), Array(255).fill(0x78)],
  ["255 bytes, two for each letter", "é".repeat(127) + "x", [
    ...Array(127).fill([0xc3, 0xa9]).flat(),
    0x78,
  ]],
  ["a newline", "a\nb", [0x61, 0x0a, 0x62]],
  ["only a space", " ", [0x20]],
  ["control characters", "\x1b[31m\x7f", [0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x7f]],
  ["Latin-1", "caf\udce9", [0x63, 0x61, 0x66, 0xe9]],
  [
    "255 bytes that are not UTF-8",
    "\udcff".repeat(255),
    Array(255).fill(0xff),
  ],
  ["a character that is cut off", "\udcf0\udc9f\udc90", [0xf0, 0x9f, 0x90]],
  ["a byte order mark at its start", "\ufeffa", [0xef, 0xbb, 0xbf, 0x61]],
];

for (const [what, name, bytes] of NAMES) {
  Deno.test(`\`Inotify\` reports and watches a name of ${what}`, async () => {
    using directory = new TestDirectory();
    using inotify = new Inotify();
    const wd = inotify.addWatch(directory.path, IN.CREATE);
    await makeDirectory(directory.path, bytes);
    const [event, ...others] = inotify.read();
    assertEquals(event, { wd, mask: IN.CREATE | IN.ISDIR, cookie: 0, name });
    assertEquals(others, []);

    const inner = inotify.addWatch(directory.at(event!.name), IN.DELETE_SELF);
    Deno.removeSync(directory.path, { recursive: true });
    Deno.mkdirSync(directory.path);
    assertEquals(inotify.read()[0]?.wd, inner);
  });
}

/** Creates a directory whose name is `bytes`, which may be no valid string. */
async function makeDirectory(parent: string, bytes: number[]): Promise<void> {
  const child = new Deno.Command("xargs", {
    args: ["-0", "mkdir", "--"],
    cwd: parent,
    stdin: "piped",
  }).spawn();
  const input = new Blob([Uint8Array.from(bytes)]).stream();
  await input.pipeTo(child.stdin);
  assert((await child.status).success);
}

Deno.test("`read()` fills its buffer to the last byte and loses nothing", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.ATTRIB);
  // With these names an event takes 32 bytes, so 2,048 events fill the buffer.
  const names = ["a", "fifteen letters"];
  touchInTurn(directory, names, 8192 + 3);
  const first = inotify.read();
  const second = inotify.read();
  assertEquals([first.length, second.length], [8192, 3]);
  [...first, ...second].forEach((event, i) => {
    assertEquals(event, {
      wd,
      mask: IN.ATTRIB,
      cookie: 0,
      name: names[i % 2]!,
    });
  });
  assertEquals(inotify.read(), []);
});

Deno.test("`read()` loses nothing if the last event leaves a part of the buffer unused", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.ATTRIB);
  // An event takes 272 bytes, which do not divide the size of the buffer.
  const names = ["a".repeat(255), "b".repeat(255)];
  touchInTurn(directory, names, 3000);
  const events = readAll(inotify);
  assertEquals(events.length, 3000);
  events.forEach(({ name }, i) => assertEquals(name, names[i % 2]));
});

Deno.test("`Inotify` reports an overflow once and continues working", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.ATTRIB);
  const limit = Number(
    Deno.readTextFileSync("/proc/sys/fs/inotify/max_queued_events"),
  );
  for (const round of [1, 2]) {
    touchInTurn(directory, ["a", "b"], limit + 100);
    const events = readAll(inotify);
    assertEquals(events.length, limit + 1, `round ${round}`);
    assertEquals(
      describe(events.slice(-2)),
      [`${wd} IN_ATTRIB b`, "-1 IN_Q_OVERFLOW"],
    );
    assert(events.slice(0, -1).every((event) => event.wd === wd));
  }
  touchInTurn(directory, ["c"], 1);
  assertEquals(describe(inotify.read()), [`${wd} IN_ATTRIB c`]);
});

/** Causes `count` events IN_ATTRIB by turns, so that the kernel merges none. */
function touchInTurn(
  directory: TestDirectory,
  names: string[],
  count: number,
): void {
  const paths = names.map((name) => directory.file(name));
  for (let i = 0; i < count; i++) {
    Deno.chmodSync(paths[i % paths.length]!, 0o600);
  }
}
