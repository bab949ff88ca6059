import { assertEquals } from "@std/assert";
import { BasePaths } from "../../lib/roots/base_paths.ts";

const ROWS: [given: string[], path: string, below: string][] = [
  [["/a"], "/a/b/c", "/b/c"],
  [["/a"], "/a", ""],
  [["/a/"], "/a/b", "/b"],
  [["/a/"], "/a/", ""],
  [["/"], "/a/b", "/a/b"],
  [["/"], "/", ""],
  [["."], "./a", "/a"],
  [["./a//"], "./a//b", "/b"],
  [["a", "a/b"], "a/b/c", "/c"],
  [["a", "a/b"], "a/b", ""],
  [["a", "a/b"], "a/c", "/c"],
  [["ab"], "ab/ab", "/ab"],
];

for (const [given, path, below] of ROWS) {
  Deno.test(`\`BasePaths.below()\` is "${below}" for ${path} below ${given}`, () => {
    const basePaths = new BasePaths();
    for (const each of given) basePaths.add(each);
    assertEquals(basePaths.below(path), below);
    for (const each of given) basePaths.delete(each);
    assertEquals(
      basePaths.below(path),
      `/${path.replace(/^\/+/, "")}`.replace(/^\/$/, ""),
    );
  });
}
