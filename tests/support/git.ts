/** Runs git(1), and lists the entries that it does not ignore. */

import { assertEquals } from "@std/assert";
import { type Entries, readTree } from "../storm/model.ts";
import { LargeDirectory } from "./directory.ts";

/** Runs git in the directory `cwd`, and returns its output. */
export function git(cwd: string, args: string[], input = ""): string {
  using folder = new LargeDirectory();
  const file = folder.at("input");
  Deno.writeTextFileSync(file, input);
  const { stdout, stderr, code } = new Deno.Command("sh", {
    args: ["-c", 'exec git "$@" <"$0"', file, ...args],
    cwd,
  }).outputSync();
  const decoder = new TextDecoder();
  // git check-ignore fails with 1 if nothing is ignored.
  if (code > 1) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}

/**
 * Returns `root` and the entries below it, without those that git ignores. `root` is
 * in the repository at `top`, is not ignored itself, and has only files, directories
 * and symbolic links.
 */
export function readUnignored(root: string, top = root): Entries {
  const toNames = (text: string) => text.split("\0").slice(0, -1);
  const relative = (path: string) => path.slice(top.length + 1);
  const all = readTree(root);
  const asked = [...all.keys()].filter((path) =>
    path !== root && !/\/\.git(\/|$)/.test(path)
  );
  const input = asked.map((path) => `${relative(path)}\0`).join("");
  const checkIgnore = ["check-ignore", "--no-index", "--stdin", "-z"];
  const ignored = new Set(toNames(git(top, checkIgnore, input)));
  const expected: Entries = new Map([[root, true]]);
  for (const path of asked) {
    if (!ignored.has(relative(path))) expected.set(path, all.get(path)!);
  }
  const files = [...expected].filter(([, isDirectory]) => !isDirectory)
    .map(([path]) => relative(path));
  const lsFiles = [
    "ls-files",
    "-co",
    "--exclude-standard",
    "--full-name",
    "-z",
  ];
  const listed = toNames(git(root, lsFiles));
  assertEquals(files.sort(), listed.sort(), "git disagrees with itself");
  return expected;
}
