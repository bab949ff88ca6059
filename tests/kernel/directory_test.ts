import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { type Follow, OpenDirectory } from "../../lib/kernel/directory.ts";
import { IN, Inotify, type SystemError } from "../../mod.ts";
import { Libc } from "../../lib/kernel/libc.ts";
import { LargeDirectory, TestDirectory } from "../support/directory.ts";
import { describe } from "../support/events.ts";
import { countDescriptors } from "../support/process.ts";
import { makeDirectory, makeFile } from "../support/system.ts";
import { countOf } from "../support/thorough.ts";

function list(path: string): ReadonlyMap<string, boolean> {
  using libc = Libc.acquire();
  using open = new OpenDirectory(libc, path, { path, follow: "none" });
  return new Map(open.list());
}

Deno.test("`list()` returns the names, and whether each is a directory", () => {
  using directory = new TestDirectory();
  directory.file("file");
  directory.directory("folder");
  Deno.symlinkSync("folder", directory.at("link"));
  Deno.symlinkSync("nothing", directory.at("dangling"));
  assert(
    new Deno.Command("mkfifo", { args: [directory.at("pipe")] })
      .outputSync().success,
  );
  assertEquals(
    list(directory.path),
    new Map([
      ["file", false],
      ["folder", true],
      ["link", false],
      ["dangling", false],
      ["pipe", false],
    ]),
  );
});

Deno.test("`list()` returns nothing for an empty directory", () => {
  using directory = new TestDirectory();
  assertEquals(list(directory.path), new Map());
});

const COUNT = countOf(2_000, 10_000);

Deno.test(`\`list()\` returns ${COUNT} names, each once`, () => {
  using directory = new LargeDirectory();
  const entries = new Map<string, boolean>();
  for (let i = 0; i < COUNT; i++) {
    const name = `${i}`.padEnd(i % 200, "x");
    if (i % 100 === 0) directory.directory(name);
    else Deno.createSync(directory.at(name)).close();
    entries.set(name, i % 100 === 0);
  }
  assertEquals(list(directory.path), entries);
});

const NAMES: [what: string, name: string][] = [
  ["255 bytes", "x".repeat(255)],
  ["255 bytes, two for each letter", "é".repeat(127) + "x"],
  ["255 bytes that are not UTF-8", "\udcff".repeat(255)],
  ["Latin-1", "caf\udce9"],
  ["a newline", "a\nb"],
  ["a byte order mark at its start", "\ufeffa"],
  ["three dots", "..."],
];

for (const [what, name] of NAMES) {
  Deno.test(`\`list()\` returns a name of ${what}`, () => {
    using directory = new TestDirectory();
    makeDirectory(directory.at(name));
    makeFile(`${directory.at(name)}/${name}`);
    assertEquals(list(directory.path), new Map([[name, true]]));
    assertEquals(list(directory.at(name)), new Map([[name, false]]));
  });
}

Deno.test("`list()` and `watch()` are of the directory that was opened", () => {
  using directory = new TestDirectory();
  const path = directory.directory("a");
  directory.file("a/old");
  using libc = Libc.acquire();
  using inotify = new Inotify();
  using open = new OpenDirectory(libc, path, { path, follow: "none" });
  Deno.renameSync(path, directory.at("b"));
  directory.directory("a");
  directory.file("a/new");
  const wd = open.watch(inotify, IN.CREATE);
  assertEquals(new Map(open.list()), new Map([["old", false]]));
  directory.file("a/newer");
  directory.file("b/older");
  assertEquals(describe(inotify.read()), [`${wd} IN_CREATE older`]);
});

interface Row {
  name: string;
  follow: Follow;
  Class: new () => Error;
  code: string;
}

const BAD: Row[] = [
  {
    name: "missing",
    follow: "all",
    Class: Deno.errors.NotFound,
    code: "ENOENT",
  },
  {
    name: "file",
    follow: "all",
    Class: Deno.errors.NotADirectory,
    code: "ENOTDIR",
  },
  {
    name: "link",
    follow: "parents",
    Class: Deno.errors.NotADirectory,
    code: "ENOTDIR",
  },
  {
    name: "link",
    follow: "none",
    Class: Deno.errors.FilesystemLoop,
    code: "ELOOP",
  },
  {
    name: "link/below",
    follow: "none",
    Class: Deno.errors.FilesystemLoop,
    code: "ELOOP",
  },
  {
    name: "loop",
    follow: "all",
    Class: Deno.errors.FilesystemLoop,
    code: "ELOOP",
  },
];

for (const { name, follow, Class, code } of BAD) {
  Deno.test(`\`new OpenDirectory()\` rejects '${name}' when it follows ${follow}, and the error has this path`, () => {
    using directory = new TestDirectory();
    directory.file("file");
    Deno.mkdirSync(directory.at("folder/below"), { recursive: true });
    Deno.symlinkSync("folder", directory.at("link"));
    Deno.symlinkSync("loop", directory.at("loop"));
    using libc = Libc.acquire();
    const before = countDescriptors();
    const error = assertThrows(() =>
      new OpenDirectory(libc, directory.at(name), { path: "it", follow })
    );
    assertInstanceOf(error, Class);
    const { code: actual, path } = error as unknown as SystemError;
    assertEquals([actual, path], [code, "it"]);
    assertEquals(countDescriptors(), before);
  });
}

Deno.test("`new OpenDirectory()` follows a link only with the option for that", () => {
  using directory = new TestDirectory();
  directory.directory("folder");
  directory.file("folder/a");
  Deno.symlinkSync("folder", directory.at("link"));
  using libc = Libc.acquire();
  const path = directory.at("link");
  const before = countDescriptors();
  {
    using open = new OpenDirectory(libc, path, { path, follow: "all" });
    assertEquals(new Map(open.list()), new Map([["a", false]]));
    assertEquals(countDescriptors(), before + 1);
  }
  assertEquals(countDescriptors(), before);
});
