import { assertEquals } from "@std/assert";
import { BasePaths } from "../../lib/roots/base_paths.ts";
import { compileFilters, type PathFilter } from "../../lib/watch/filter.ts";

/** The paths that match; a directory has a slash at its end. */
const ROWS: [what: string, filters: PathFilter[], picked: string[]][] = [
  ["nothing without filters", [], []],
  ["what a pattern matches anywhere", [/b/], ["/w/a/b", "/w/b.ts", "/w/b/"]],
  ["what an anchored pattern matches", [/^\/b/], ["/w/b.ts", "/w/b/"]],
  ["what a pattern matches in another case", [/B\.TS$/i], ["/w/b.ts"]],
  ["what any of several matches", [/^\/a$/, /ts$/], ["/w/a/", "/w/b.ts"]],
  ["what a global pattern matches, each time", [/b/g], [
    "/w/a/b",
    "/w/b.ts",
    "/w/b/",
  ]],
  ["what a sticky pattern matches anywhere", [/b/y], [
    "/w/a/b",
    "/w/b.ts",
    "/w/b/",
  ]],
  ["what a function picks", [(path) => path.length > 5], [
    "/w/a/b",
    "/w/b.ts",
  ]],
  ["what a function picks by kind", [(_, isDirectory) => isDirectory], [
    "/w/a/",
    "/w/b/",
  ]],
  ["what a function or a pattern picks", [() => false, /ts/], ["/w/b.ts"]],
  ["what a line picks, and all in it", ["a"], ["/w/a/", "/w/a/b"]],
  ["what a line with a slash picks", ["a/b"], ["/w/a/b"]],
  ["what a line picks that no later one takes back", ["b*", "!b.ts"], [
    "/w/a/b",
    "/w/b/",
  ]],
  ["nothing by the name of the watched path", ["w", /w/], []],
];

for (const [what, filters, picked] of ROWS) {
  Deno.test(`\`compileFilters()\` matches ${what}`, () => {
    const basePaths = new BasePaths();
    basePaths.add("/w");
    const picks = compileFilters(filters, basePaths);
    const paths = ["/w", "/w/a/", "/w/a/b", "/w/b.ts", "/w/b/"];
    for (let round = 0; round < 3; round++) {
      const actual = paths.filter((path) =>
        picks?.(path.replace(/\/$/, ""), path.endsWith("/"))
      );
      assertEquals(actual, picked);
    }
  });
}

Deno.test("`compileFilters()` does not change the patterns", () => {
  const pattern = /b/g;
  pattern.lastIndex = 2;
  compileFilters(pattern, new BasePaths())?.("/b", false);
  assertEquals(pattern.lastIndex, 2);
});
