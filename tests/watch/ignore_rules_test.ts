import { assertEquals, assertLess } from "@std/assert";
import { encodePath } from "../../lib/kernel/byte_path.ts";
import { IgnoreRules } from "../../lib/watch/ignore_rules.ts";
import { TestDirectory } from "../support/directory.ts";
import { type Random, withRandom } from "../support/random.ts";
import { hasTool } from "../support/tools.ts";
import { DEADLINE_MS } from "../support/until.ts";

/**
 * Lines, the paths that they ignore, and the paths that they do not ignore. A
 * directory has a slash at its end. Paths in an ignored directory are not tested.
 */
const ROWS: [lines: string[], ignored: string[], others: string[]][] = [
  [["a"], ["a", "a/", "b/a"], ["ab", "a/b"]],
  [["*.o"], ["a.o", "b/.o"], ["a.ob", "ao"]],
  [["*"], [".a", "a\nb", "\udcff"], []],
  [["a?"], ["b/ab"], ["a", "abc", "a/b", "aé"]],
  [["a??"], ["aé"], ["ab"]],
  [["a/"], ["a/", "b/a/"], ["a"]],
  [["/a"], ["a", "a/"], ["b/a"]],
  [["./a"], [], ["a"]],
  [["a/b"], ["a/b", "a/b/"], ["b/a/b", "b"]],
  [["a/*"], ["a/b"], ["a", "a/b/c"]],
  [["a/**"], ["a/b", "a/b/c"], ["a", "b/a/b"]],
  [["**/a/b"], ["a/b", "c/d/a/b"], ["b"]],
  [["a/**/b"], ["a/b", "a/c/d/b"], ["a/c", "ab"]],
  [["a/***/b"], ["a/b", "a/c/d/b"], ["a/c"]],
  [["a**b"], ["ab", "acb"], ["a/b"]],
  [["{a}", "@(a|b)"], ["{a}", "@(a|b)"], ["a", "b"]],
  [["[^a]", "[!b]c"], ["b", "ac"], ["a", "bc"]],
  [["[]a]"], ["]", "a"], ["b"]],
  [["[a-c\\]]"], ["b", "]"], ["d", "-", "\\"]],
  [["[[:digit:]x-]"], ["7", "x", "-"], ["y", "[", ":"]],
  [["[b-a]", "[a", "[[:no:]]"], ["b"], ["a", "[a", "n"]],
  [["a  ", "b\\ "], ["a", "b "], ["b", "a "]],
  [["#a", "\\#b", "\\!c", ""], ["#b", "!c"], ["#a", "a", "c"]],
  [["*", "!*.log"], ["a"], ["a.log"]],
  [["!a", "a"], ["a"], []],
  [["\udcff*"], ["\udcffa"], ["a"]],
];

for (const [lines, ignored, others] of ROWS) {
  Deno.test(`\`IgnoreRules\` decides as git does for ${JSON.stringify(lines)}`, () => {
    const rules = new IgnoreRules(lines);
    const isIgnored = (path: string) =>
      rules.decide(path.replace(/\/$/, ""), path.endsWith("/")) === true;
    assertEquals(ignored.filter(isIgnored), ignored);
    assertEquals(others.filter(isIgnored), []);
  });
}

Deno.test("`IgnoreRules.parse()` reads lines as git does", () => {
  const rules = IgnoreRules.parse("\ufeffa\r\n# b\n\nc\\\n d \nlast\r");
  const names = ["a", "b", "c", " d", "d", "last", "last\r"];
  assertEquals(names.filter((name) => rules.decide(name, false)), [
    "a",
    " d",
    "last\r",
  ]);
});

Deno.test("`IgnoreRules` is fast for names that are slow to match", () => {
  const rules = new IgnoreRules([
    "*-*-*-*-*x",
    "**/*-**/*-**/*-*/**x",
    "*[-]*[-]*[-]*x",
  ]);
  const name = "-".repeat(255);
  const start = performance.now();
  assertEquals(rules.decide(`${name}/${name}/${name}`, false), undefined);
  // Backtracking would take hours.
  assertLess(performance.now() - start, DEADLINE_MS);
});

/** How many patterns to compare with git. */
const PATTERNS = Number(Deno.env.get("IGNORE_PATTERNS") ?? 500);

Deno.test({
  name:
    `\`IgnoreRules\` decides as \`git check-ignore\` for ${PATTERNS} patterns`,
  ignore: !hasTool("git", "the comparison with git"),
  fn() {
    withRandom((random) => {
      using directory = new TestDirectory();
      git(directory.path, ["init", "--quiet"]);
      const expected: string[] = [];
      const paths: string[] = [];
      for (let i = 0; i < PATTERNS; i++) {
        const lines = Array.from(
          { length: 1 + random.below(2) },
          () => randomPattern(random),
        );
        const rules = IgnoreRules.parse(lines.join("\n"));
        const folder = directory.directory(`${i}`);
        const text = encodePath(lines.join("\n")).subarray(0, -1);
        Deno.writeFileSync(`${folder}/.gitignore`, text);
        for (const path of randomTree(random, folder)) {
          paths.push(`${i}/${path}`);
          if (isIgnored(rules, path)) expected.push(`${i}/${path}`);
        }
      }
      const actual = git(
        directory.path,
        ["check-ignore", "--no-index", "--stdin", "-z"],
        paths.map((path) => `${path.replace(/\/$/, "")}\0`).join(""),
      );
      assertEquals(
        actual.split("\0").slice(0, -1),
        expected.map((path) => path.replace(/\/$/, "")),
      );
    });
  },
});

/** Returns whether `rules` ignore `path` or a directory above it. */
function isIgnored(rules: IgnoreRules, path: string): boolean {
  const names = path.replace(/\/$/, "").split("/");
  return names.some((_, i) =>
    rules.decide(
      names.slice(0, i + 1).join("/"),
      i < names.length - 1 || path.endsWith("/"),
    )
  );
}

const PIECES = [
  ..."aabb--..]!^ #:{}@é",
  ..."/////***??[[]]\\",
  "**",
  "**/",
  "/**",
  "[a-c]",
  "[!a]",
  "[^-]",
  "[]-]",
  "[[:alpha:]",
  "[[:punct:]]",
  "[\\]-a]",
];

function randomPattern(random: Random): string {
  const length = 1 + random.below(7);
  const body = Array.from({ length }, () => random.oneOf(PIECES)).join("");
  return random.oneOf(["", "", "", "!", "/"]) + body +
    random.oneOf(["", "", "/", "*", " "]);
}

const NAMES = [
  "a",
  "b",
  "ab",
  "-",
  "a-b",
  ".a",
  "]",
  "[a",
  "!a",
  "#",
  "é",
  "a ",
];

/** Creates a few files and directories, and returns their paths. */
function randomTree(random: Random, folder: string): Set<string> {
  const paths = new Set<string>();
  for (let i = 0; i < 4; i++) {
    let path = "";
    for (let depth = random.below(3); depth >= 0; depth--) {
      path += random.oneOf(NAMES);
      if (paths.has(path)) break;
      if (depth === 0 && random.below(2) === 0) {
        if (paths.has(`${path}/`)) break;
        Deno.writeTextFileSync(`${folder}/${path}`, "");
        paths.add(path);
      } else {
        path += "/";
        Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
        paths.add(path);
      }
    }
  }
  return paths;
}

function git(cwd: string, args: string[], input = ""): string {
  const file = `${cwd}/.git-input`;
  Deno.writeTextFileSync(file, input);
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", 'exec git "$@" <.git-input', "git", ...args],
    cwd,
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout);
}
