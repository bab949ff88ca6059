import { assertEquals, assertThrows } from "@std/assert";
import { Libc } from "../../lib/kernel/libc.ts";
import {
  lookAt,
  type PathEnd,
  type PathState,
  toAbsolute,
  walkPath,
} from "../../lib/roots/resolve_path.ts";
import { TestDirectory } from "../support/directory.ts";
import { runScript } from "../support/script.ts";
import { makeDirectory } from "../support/system.ts";

interface Row {
  does: string;
  /** The script that creates the files. */
  given: string;
  path: string;
  /** The links on the path and its last name, each as "directory: name". */
  components: string[];
  /** What is at the end of the path; by default "file". */
  state?: PathState;
}

/** Follows `path`; returns the links on it and its last name. */
function resolve(path: string): { components: string[]; end: PathEnd } {
  using libc = Libc.acquire();
  const components: string[] = [];
  const end = walkPath(
    { absolutePath: path, path, followSymlinks: true },
    (location) => {
      const place = lookAt(location, path, libc);
      const i = location.lastIndexOf("/");
      if (place.kind === "link") {
        components.push(`${location.slice(0, i)}: ${location.slice(i + 1)}`);
      }
      return place;
    },
    libc,
  );
  components.push(`${end.directory}: ${end.name}`);
  return { components, end };
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
    state: "directory",
  },
  {
    does: "passes over slashes and dots",
    given: "mkdir -p a/b",
    path: ".//a/./b//",
    components: ["a: b"],
    state: "directory",
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
    state: "missing",
  },
  {
    does: "ends at the first name that is missing",
    given: "mkdir a",
    path: "a/b/c/f",
    components: ["a: b"],
    state: "unreachable",
  },
  {
    does: "ends at the missing target of a link",
    given: "mkdir a; ln -s a/f l",
    path: "l",
    components: [": l", "a: f"],
    state: "missing",
  },
  {
    does: "ends at a file instead of a directory",
    given: "mkdir a; : > a/b",
    path: "a/b/c",
    components: ["a: b"],
    state: "unreachable",
  },
  {
    does: "ends at a file with names to come",
    given: "mkdir a; : > a/b",
    path: "a/b/c/d",
    components: ["a: b"],
    state: "unreachable",
  },
];

for (const { does, given, path, components, state = "file" } of ROWS) {
  Deno.test(`\`walkPath()\` ${does}`, () => {
    using directory = new TestDirectory();
    runScript(given, directory.path);
    const base = Deno.realPathSync(directory.path);
    const resolved = resolve(`${base}/${path}`);
    assertEquals(
      resolved.components.map((each) =>
        each.slice(base.length).replace("/", "")
      ),
      components,
    );
    assertEquals(resolved.end.state, state);
  });
}

Deno.test("`walkPath()` stays at the root", () => {
  assertEquals(resolve("/").end, {
    state: "directory",
    directory: "/",
    name: "",
  });
  assertEquals(resolve("/../../proc").end, {
    state: "directory",
    directory: "/",
    name: "proc",
  });
});

Deno.test("`walkPath()` accepts names that are not UTF-8", () => {
  using directory = new TestDirectory();
  const base = Deno.realPathSync(directory.path);
  makeDirectory(`${base}/caf\udce9`);
  assertEquals(resolve(`${base}/caf\udce9`).end, {
    state: "directory",
    directory: base,
    name: "caf\udce9",
  });
});

Deno.test("`walkPath()` follows as many links as the kernel", () => {
  using directory = new TestDirectory();
  directory.file("0");
  for (let i = 1; i <= 41; i++) {
    Deno.symlinkSync(`${i - 1}`, directory.at(`${i}`));
  }
  assertEquals(resolve(directory.at("40")).end.state, "file");
  Deno.statSync(directory.at("40"));
  assertEquals(resolve(directory.at("41")).end.state, "unreachable");
  assertThrows(
    () => Deno.statSync(directory.at("41")),
    Deno.errors.FilesystemLoop,
  );
});

Deno.test("`toAbsolute()` resolves a path against the working directory", () => {
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
