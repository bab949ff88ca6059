import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/arguments/tokens.ts";
import { matcher } from "../../../lib/cli/arguments/glob.ts";

/**
 * What a glob matches of the entries of `/w/src` and `doc/`, and what it does
 * not; a directory has a slash at its end.
 */
const ROWS: [glob: string, matched: string[], others: string[]][] = [
  ["a", ["/w/src/a", "/w/src/b/a/", "doc/a"], ["/w/src/ab", "/w/src/a/b"]],
  ["*.o", ["/w/src/a.o", "/w/src/b/.o"], ["/w/src/a.ob", "/w/src/ao"]],
  ["*", ["/w/src/.a", "/w/src/a\nb", "doc/\udcff"], []],
  ["a?", ["/w/src/b/ab"], ["/w/src/a", "/w/src/abc"]],
  ["[ab].{js,ts}", ["/w/src/a.js", "/w/src/b.ts"], ["/w/src/c.ts"]],
  ["a/", ["/w/src/a/", "/w/src/b/a/", "doc/a/"], ["/w/src/a"]],
  ["/a", ["/w/src/a", "/w/src/a/", "doc/a"], ["/w/src/b/a"]],
  ["./a", ["/w/src/a"], ["/w/src/b/a"]],
  ["/a/", ["/w/src/a/"], ["/w/src/a", "/w/src/b/a/"]],
  ["a/b", ["/w/src/a/b", "doc/a/b/"], ["/w/src/b/a/b", "/w/src/b"]],
  ["a/*", ["/w/src/a/b"], ["/w/src/a", "/w/src/a/b/c"]],
  ["a/**", ["/w/src/a/b", "/w/src/a/b/c"], ["/w/src/a", "/w/src/b/a/b"]],
  ["**/a/b", ["/w/src/a/b", "/w/src/c/d/a/b"], ["/w/src/b"]],
  ["a/**/b", ["/w/src/a/b", "/w/src/a/c/d/b"], ["/w/src/a/c"]],
  ["src", [], ["/w/src/a"]],
  ["!(a|b)", ["/w/src/c"], ["/w/src/a"]],
];

for (const [glob, matched, others] of ROWS) {
  Deno.test(`\`matcher()\` knows what ${glob} means`, () => {
    const matches = matcher([glob], ["/w/src", "doc/"]);
    const isMatched = (path: string) =>
      matches(path.replace(/\/$/, ""), path.endsWith("/"));
    assertEquals(matched.filter(isMatched), matched);
    assertEquals(others.filter(isMatched), []);
  });
}

Deno.test("`matcher()` takes several globs, and the root as a path", () => {
  const matches = matcher(["/tmp", "/var/*"], ["/"]);
  const paths = ["/tmp", "/var/a", "/a/tmp", "/var"];
  assertEquals(paths.map((path) => matches(path, true)), [
    true,
    true,
    false,
    false,
  ]);
});

const REFUSED: [glob: string, reason: string][] = [
  ["", "nothing matches it"],
  ["/", "nothing matches it"],
  ["!a", "nothing can be taken back"],
  ["[b-a]", "Range out of order in character class"],
];

for (const [glob, reason] of REFUSED) {
  Deno.test(`\`matcher()\` refuses '${glob}'`, () => {
    assertThrows(
      () => matcher([glob], []),
      UsageError,
      `Cannot use '${glob}' for --ignore: ${reason}`,
    );
  });
}
