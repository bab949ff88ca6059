import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { IN, Inotify, type SystemError } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasUnprivileged, unprivileged } from "../support/privileges.ts";
import { describe } from "../support/events.ts";
import { descriptorTarget } from "../support/process.ts";
import { run } from "../support/program.ts";
import { turn } from "../support/until.ts";

Deno.test("`new Inotify()` opens a descriptor that no child inherits", () => {
  const O_CLOEXEC = 0o2000000;
  const O_NONBLOCK = 0o4000;
  using inotify = new Inotify();
  assertEquals(descriptorTarget(inotify.fd), "anon_inode:inotify");
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${inotify.fd}`);
  const flags = /^flags:\s*(\d+)$/m.exec(info)![1]!;
  assertEquals(parseInt(flags, 8), O_CLOEXEC | O_NONBLOCK);
});

Deno.test("`addWatch()` returns one descriptor for each inode", () => {
  using directory = new TestDirectory();
  const path = directory.file("a");
  Deno.linkSync(path, directory.at("b"));
  using inotify = new Inotify();
  const wd = inotify.addWatch(path, IN.OPEN);
  assertEquals(inotify.addWatch(directory.at("b"), IN.OPEN), wd);
  assert(inotify.addWatch(directory.path, IN.OPEN) !== wd);
});

Deno.test("`addWatch()` accepts a URL", () => {
  using directory = new TestDirectory();
  const path = directory.directory("a b%");
  using inotify = new Inotify();
  const url = new URL(`file://${directory.path}/a%20b%25`);
  const wd = inotify.addWatch(url, IN.CREATE);
  assertEquals(inotify.addWatch(path, IN.CREATE), wd);
});

interface BadPath {
  what: string;
  path: (directory: TestDirectory) => string;
  Class: new () => Error;
  code: string;
  text: string;
}

const BAD_PATHS: BadPath[] = [
  {
    what: "a missing path",
    path: (directory) => directory.at("missing"),
    Class: Deno.errors.NotFound,
    code: "ENOENT",
    text: "No such file or directory (os error 2)",
  },
  {
    what: "an empty path",
    path: () => "",
    Class: Deno.errors.NotFound,
    code: "ENOENT",
    text: "No such file or directory (os error 2)",
  },
  {
    what: "a path through a file",
    path: (directory) => `${directory.file("a")}/b`,
    Class: Deno.errors.NotADirectory,
    code: "ENOTDIR",
    text: "Not a directory (os error 20)",
  },
  {
    what: "a link to itself",
    path: (directory) => {
      Deno.symlinkSync("a", directory.at("a"));
      return directory.at("a");
    },
    Class: Deno.errors.FilesystemLoop,
    code: "ELOOP",
    text: "Too many levels of symbolic links (os error 40)",
  },
  {
    what: "a path of 5,000 bytes",
    path: () => "a/".repeat(2500),
    Class: Error,
    code: "ENAMETOOLONG",
    text: "File name too long (os error 36)",
  },
  {
    what: "a path of 20,000 bytes",
    path: () => "a/".repeat(10_000),
    Class: Error,
    code: "ENAMETOOLONG",
    text: "File name too long (os error 36)",
  },
  {
    what: "a path of 20,000 bytes that are not UTF-8",
    path: () => "\udcff/".repeat(10_000),
    Class: Error,
    code: "ENAMETOOLONG",
    text: "File name too long (os error 36)",
  },
  {
    what: "a name of 256 bytes",
    path: (directory) => directory.at("a".repeat(256)),
    Class: Error,
    code: "ENAMETOOLONG",
    text: "File name too long (os error 36)",
  },
];

for (const { what, path, Class, code, text } of BAD_PATHS) {
  Deno.test(`\`addWatch()\` rejects ${what} and stays usable`, () => {
    using directory = new TestDirectory();
    const bad = path(directory);
    using inotify = new Inotify();
    const error = assertThrows(() => inotify.addWatch(bad, IN.CREATE));
    assertInstanceOf(error, Class);
    assertEquals(error.message, `${text}: watch '${bad}'`);
    const { name, code: actual, syscall, path: about } = error as SystemError;
    assertEquals(name, Class.name);
    assertEquals(actual, code);
    assertEquals(syscall, "inotify_add_watch");
    assertEquals(about, bad);

    const wd = inotify.addWatch(directory.path, IN.CREATE);
    directory.directory("new");
    assertEquals(describe(inotify.read()), [`${wd} IN_CREATE|IN_ISDIR new`]);
  });
}

Deno.test({
  name: "`addWatch()` rejects a path that may not be read",
  ignore: !hasUnprivileged,
  async fn() {
    using directory = new TestDirectory();
    const path = directory.directory("secret");
    Deno.chmodSync(path, 0);
    const outcome = await run(({ IN, Inotify }, path) => {
      using inotify = new Inotify();
      inotify.addWatch(path, IN.CREATE);
    }, { within: unprivileged, input: path });
    assertEquals(outcome, {
      error: {
        name: "PermissionDenied",
        message: `Permission denied (os error 13): watch '${path}'`,
        code: "EACCES",
        syscall: "inotify_add_watch",
        path,
      },
    });
  },
});

const BAD_ARGUMENTS: [what: string, path: string | URL, message: string][] = [
  ["a NUL", "/\0etc", "Cannot use the path '/\\0etc': it contains a NUL byte"],
  [
    "a NUL in a URL",
    new URL("file:///%00etc"),
    "Cannot use the path '/\\0etc': it contains a NUL byte",
  ],
  [
    "a URL that is not a file URL",
    new URL("data:,a"),
    "Cannot use the URL 'data:,a': it is not a file URL",
  ],
  [
    "a URL of a file on another machine",
    new URL("file://elsewhere/a"),
    "Cannot use the URL 'file://elsewhere/a': its file is on 'elsewhere'",
  ],
  [
    "a surrogate that stands for no byte",
    "/\udc7f",
    "Cannot use the path '/\ufffd': the lone surrogate U+DC7F stands for no byte",
  ],
];

for (const [what, path, message] of BAD_ARGUMENTS) {
  Deno.test(`\`addWatch()\` rejects ${what}`, () => {
    using inotify = new Inotify();
    const deed = () => inotify.addWatch(path, IN.CREATE);
    assertThrows(deed, TypeError, message);
  });
}

Deno.test("`addWatch()` rejects a mask that the kernel rejects", () => {
  using inotify = new Inotify();
  for (const mask of [0, 0x1_0000, IN.MASK_ADD | IN.MASK_CREATE]) {
    assertThrows(
      () => inotify.addWatch("/", mask),
      TypeError,
      "Invalid argument (os error 22): watch '/'",
    );
  }
});

Deno.test("`rmWatch()` rejects a descriptor that is not a watch of the instance", () => {
  using inotify = new Inotify();
  using other = new Inotify();
  const wds = [0, -1, 1, other.addWatch("/", IN.CREATE)];
  for (const wd of wds) {
    assertThrows(
      () => inotify.rmWatch(wd),
      TypeError,
      "Invalid argument (os error 22): inotify_rm_watch",
    );
  }
  for (const wd of [undefined, "1", 1.5, NaN]) {
    assertThrows(
      // deno-lint-ignore no-explicit-any
      () => inotify.rmWatch(wd as any),
      TypeError,
      `Cannot use ${Deno.inspect(wd)} as a watch descriptor`,
    );
  }
});

Deno.test("`read()` returns nothing if nothing is queued", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  assertEquals(inotify.read(), []);
  const wd = inotify.addWatch(directory.path, IN.CREATE);
  assertEquals(inotify.read(), []);
  directory.file("a");
  assertEquals(describe(inotify.read()), [`${wd} IN_CREATE a`]);
  assertEquals(inotify.read(), []);
});

Deno.test("`readable` yields the events one by one, in order", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE | IN.DELETE);
  const names = Array.from({ length: 500 }, (_, i) => `file ${i}`);
  for (const name of names) Deno.removeSync(directory.file(name));
  const seen = [];
  for await (const event of inotify.readable) {
    seen.push(...describe([{ ...event, wd: 0 }]));
    if (seen.length === 2 * names.length) break;
  }
  assertEquals(
    seen,
    names.flatMap((name) => [`0 IN_CREATE ${name}`, `0 IN_DELETE ${name}`]),
  );
});

Deno.test("`readable` yields events that arrive while it waits", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  const events = inotify.readable.values();
  for (const name of ["a", "b", "c"]) {
    const next = events.next();
    directory.file(name);
    assertEquals((await next).value?.name, name);
  }
  await events.return?.();
});

Deno.test("`readable` reads nothing until it is pulled", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  const wd = inotify.addWatch(directory.path, IN.CREATE);
  const reader = inotify.readable.getReader();
  directory.file("a");
  assert(await inotify.wait());
  assertEquals(describe(inotify.read()), [`${wd} IN_CREATE a`]);
  directory.file("b");
  assertEquals((await reader.read()).value?.name, "b");
});

Deno.test("`Inotify` instances do not disturb each other", async () => {
  using directory = new TestDirectory();
  using a = new Inotify();
  using b = new Inotify();
  a.addWatch(directory.path, IN.CREATE);
  b.addWatch(directory.path, IN.CREATE | IN.DELETE);
  const waiting = [a.wait(), b.wait()];
  Deno.removeSync(directory.file("x"));
  await Promise.all(waiting);
  assertEquals(describe(a.read()), ["1 IN_CREATE x"]);
  assertEquals(describe(b.read()), ["1 IN_CREATE x", "1 IN_DELETE x"]);
  const pending = b.wait();
  await a.close();
  assertEquals(await Promise.race([pending, turn()]), undefined);
  directory.file("y");
  assert(await pending);
  assertEquals(describe(b.read()), ["1 IN_CREATE y"]);
});

Deno.test("`Inotify` works in a Worker and outside at the same time", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  const worker = new Worker(import.meta.resolve("../support/worker.ts"), {
    type: "module",
  });
  try {
    worker.postMessage(directory.path);
    assertEquals(await messageOf(worker), "watching");
    directory.file("a");
    const events = [{ wd: 1, mask: IN.CREATE, cookie: 0, name: "a" }];
    assertEquals(await messageOf(worker), events);
    assertEquals(inotify.read(), events);
  } finally {
    worker.terminate();
  }
});

function messageOf(worker: Worker): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = reject;
  return promise;
}

Deno.test("`end()` returns the position at which all queued events are read", () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch(directory.path, IN.CREATE);
  assertEquals(inotify.end(), 0);
  directory.file("a");
  const end = inotify.end();
  directory.file("b");
  assertEquals([inotify.position, end, inotify.end()], [0, 32, 64]);
  inotify.read();
  assertEquals([inotify.position, inotify.end()], [64, 64]);
});
