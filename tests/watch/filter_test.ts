import { assertEquals } from "@std/assert";
import { compileFilters, type PathFilter } from "../../lib/watch/filter.ts";

const ROWS: [what: string, filters: PathFilter[], picked: string[]][] = [
  ["nothing without filters", [], []],
  ["what a pattern matches anywhere", [/b/], ["/a/b", "/b.ts", "/b/"]],
  ["what a pattern matches that is anchored", [/^\/b/], ["/b.ts", "/b/"]],
  ["what a pattern ignores the case of", [/B\.TS$/i], ["/b.ts"]],
  ["what any of several matches", [/^\/a$/, /ts$/], ["/a", "/b.ts"]],
  ["what a global pattern matches, each time", [/b/g], [
    "/a/b",
    "/b.ts",
    "/b/",
  ]],
  ["what a sticky pattern matches anywhere", [/b/y], [
    "/a/b",
    "/b.ts",
    "/b/",
  ]],
  ["what a function picks", [(path) => path.length > 3], ["/a/b", "/b.ts"]],
  ["what a function picks by kind", [(_, isDirectory) => isDirectory], ["/b/"]],
  ["what a function or a pattern picks", [() => false, /ts/], ["/b.ts"]],
];

for (const [what, filters, picked] of ROWS) {
  Deno.test(`\`compileFilters()\` picks ${what}`, () => {
    const picks = compileFilters(filters);
    const paths = ["/a", "/a/b", "/b.ts", "/b/"];
    for (let round = 0; round < 3; round++) {
      const actual = paths.filter((path) => picks(path, path.endsWith("/")));
      assertEquals(actual, picked);
    }
  });
}

Deno.test("`compileFilters()` leaves the patterns as they are", () => {
  const pattern = /b/g;
  pattern.lastIndex = 2;
  compileFilters([pattern])("/b", false);
  assertEquals(pattern.lastIndex, 2);
});
