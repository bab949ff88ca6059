import { assertEquals } from "@std/assert";
import { excludesFileIn } from "../../lib/watch/git_config.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasTool } from "../support/tools.ts";

/** The text of a configuration file, and the value of `core.excludesFile`. */
const ROWS: [text: string, value: string | undefined][] = [
  ["[core]\n\texcludesFile = ~/.gitignore\n", "~/.gitignore"],
  ["[core] excludesfile=/a", "/a"],
  ["[CORE]\nExcludesFile = a b  # comment\n", "a b"],
  ['[core]\nexcludesFile = " a;b " ; comment', " a;b "],
  ['[core]\nexcludesFile = a" "b\\"\\\\', 'a b"\\'],
  ["[core]\nexcludesFile = /a\\\n/b\n", "/a/b"],
  [
    "[core]\nexcludesFile = /a\n[user]\nname = x\n[core]\nexcludesFile = /b",
    "/b",
  ],
  ['[core "x"]\nexcludesFile = /a\n[other]\nexcludesFile = /b', undefined],
  ["# [core]\n; excludesFile = /a\n[core]\n# excludesFile = /b\n", undefined],
  ["\ufeff[core]\r\n\texcludesFile = /a\r\n", "/a"],
];

const hasGit = hasTool("git", "the comparison with git config");

for (const [text, value] of ROWS) {
  Deno.test(`\`excludesFileIn()\` reads ${JSON.stringify(text)}`, () => {
    assertEquals(excludesFileIn(text), value);
    if (!hasGit) return;
    using directory = new TestDirectory();
    const file = directory.at("config");
    Deno.writeTextFileSync(file, text);
    const { stdout } = new Deno.Command("git", {
      args: ["config", "--null", "--file", file, "core.excludesFile"],
    }).outputSync();
    const expected = new TextDecoder().decode(stdout).replace(/\0$/, "");
    assertEquals(expected, value ?? "");
  });
}
