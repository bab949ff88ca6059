import { assert, assertEquals, assertThrows } from "@std/assert";
import { Libc } from "../../lib/kernel/libc.ts";
import { resolvePath, toAbsolute } from "../../lib/roots/resolve_path.ts";
import { TestDirectory } from "../support/directory.ts";
import { runScript } from "../support/script.ts";
import { makeDirectory } from "../support/system.ts";

/** The part of a resolution that a row states; the rest is false. */
interface Row {
  does: string;
  /** The script that makes what is there. */
  given: string;
  path: string;
  /** The components, each "directory: name". */
  components: string[];
  isMissing?: true;
  isPartial?: true;
}

const ROWS: Row[] = [
  {
    does: "ends at a file",
    given: "mkdir a; : > a/f",
    path: "a/f",
    components: ["a: f"],
  },
  {
    does: "ends at a directory",
    given: "mkdir a",
    path: "a",
    components: [": a"],
  },
  {
    does: "skips slashes and dots",
    given: "mkdir -p a/b",
    path: ".//a/./b//",
    components: ["a: b"],
  },
  {
    does: "goes up",
    given: "mkdir -p a/b; : > a/f",
    path: "a/b/../f",
    components: ["a: f"],
  },
  {
    does: "goes up from where a link leads",
    given: "mkdir -p a/b; ln -s a/b l; : > a/f",
    path: "l/../f",
    components: [": l", "a: f"],
  },
  {
    does: "follows a link at the end",
    given: ": > f; ln -s f l",
    path: "l",
    components: [": l", ": f"],
  },
  {
    does: "follows links on the way, one after the other",
    given: "mkdir 1; : > 1/f; ln -s 1 ..data; ln -s ..data/f f",
    path: "f",
    components: [": f", ": ..data", "1: f"],
  },
  {
    does: "follows an absolute link",
    given: 'mkdir a; : > a/f; ln -s "$PWD/a" l',
    path: "l/f",
    components: [": l", "a: f"],
  },
  {
    does: "ends at a name that is missing",
    given: "mkdir a",
    path: "a/f",
    components: ["a: f"],
    isMissing: true,
  },
  {
    does: "ends at the first name that is missing",
    given: "mkdir a",
    path: "a/b/c/f",
    components: ["a: b"],
    isMissing: true,
    isPartial: true,
  },
  {
    does: "ends at the missing target of a link",
    given: "mkdir a; ln -s a/f l",
    path: "l",
    components: [": l", "a: f"],
    isMissing: true,
  },
  {
    does: "ends at a file instead of a directory",
    given: "mkdir a; : > a/b",
    path: "a/b/c",
    components: ["a: b"],
    isMissing: true,
    isPartial: true,
  },
  {
    does: "ends at a file before the end of the path",
    given: "mkdir a; : > a/b",
    path: "a/b/c/d",
    components: ["a: b"],
    isMissing: true,
    isPartial: true,
  },
];

for (const { does, given, path, components, isMissing, isPartial } of ROWS) {
  Deno.test(`\`resolve()\` ${does}`, () => {
    using directory = new TestDirectory();
    runScript(given, directory.path);
    using libc = Libc.acquire();
    const base = Deno.realPathSync(directory.path);
    const resolution = resolvePath(
      { absolutePath: `${base}/${path}`, path, followSymlinks: true },
      libc,
    );
    assertEquals(
      resolution.components.map((component) =>
        `${component.directory.slice(base.length + 1)}: ${component.name}`
      ),
      components,
    );
    assertEquals(resolution.isMissing, isMissing ?? false);
    assertEquals(resolution.isPartial, isPartial ?? false);
  });
}

Deno.test("`resolve()` stays at the root", () => {
  using libc = Libc.acquire();
  assertEquals(
    resolvePath({ absolutePath: "/", path: "/", followSymlinks: true }, libc),
    {
      components: [{ directory: "/", name: "" }],
      isMissing: false,
      isPartial: false,
    },
  );
  assertEquals(
    resolvePath({
      absolutePath: "/../../proc",
      path: "/",
      followSymlinks: true,
    }, libc).components,
    [
      { directory: "/", name: "proc" },
    ],
  );
});

Deno.test("`resolve()` accepts names that are not UTF-8", () => {
  using directory = new TestDirectory();
  makeDirectory(directory.at("caf\udce9"));
  Deno.symlinkSync("nothing", directory.at("link"));
  using libc = Libc.acquire();
  const path = directory.at("caf\udce9");
  assertEquals(
    resolvePath({ absolutePath: path, path, followSymlinks: true }, libc)
      .components,
    [
      { directory: directory.path, name: "caf\udce9" },
    ],
  );
});

Deno.test("`resolve()` follows as many links as the kernel", () => {
  using directory = new TestDirectory();
  directory.file("0");
  for (let i = 1; i <= 41; i++) {
    Deno.symlinkSync(`${i - 1}`, directory.at(`${i}`));
  }
  using libc = Libc.acquire();
  const { components, isMissing } = resolvePath({
    absolutePath: directory.at("40"),
    path: "it",
    followSymlinks: true,
  }, libc);
  assertEquals(components.length, 41);
  assert(!isMissing);
  Deno.statSync(directory.at("40"));
  const beyond = resolvePath({
    absolutePath: directory.at("41"),
    path: "it",
    followSymlinks: true,
  }, libc);
  assert(beyond.isMissing && beyond.isPartial);
  assertThrows(
    () => Deno.statSync(directory.at("41")),
    Deno.errors.FilesystemLoop,
  );
});

Deno.test("`toAbsolute()` counts from the working directory", () => {
  using directory = new TestDirectory();
  using libc = Libc.acquire();
  const before = Deno.cwd();
  try {
    Deno.chdir(directory.path);
    const base = Deno.cwd();
    assertEquals(toAbsolute("a/../b", libc), `${base}/a/../b`);
    assertEquals(toAbsolute(".", libc), `${base}/.`);
    assertEquals(toAbsolute("/a", libc), "/a");
    assertEquals(toAbsolute("", libc), "");
    Deno.chdir("/");
    assertEquals(toAbsolute("a", libc), "/a");
  } finally {
    Deno.chdir(before);
  }
});
