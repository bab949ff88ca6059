/**
 * Random trees, rules and edits: `watch()` reports exactly the entries that git does not
 * ignore. `GITIGNORE_SEEDS=1-1000` in the environment sets the seeds.
 */

import { assertEquals } from "@std/assert";
import { watch } from "../../mod.ts";
import { difference, Model } from "../storm/model.ts";
import { LargeDirectory } from "../support/directory.ts";
import { git, readUnignored } from "../support/git.ts";
import { countAbove } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { countOf } from "../support/thorough.ts";
import { hasTool } from "../support/tools.ts";
import { turn } from "../support/until.ts";

const DIRECTORIES = ["a", "b", "c"];
const FILES = ["x", "y.o", "z", "a.o"];
const EDITS = 8;

const [first, last] = (Deno.env.get("GITIGNORE_SEEDS") ?? `1-${countOf(4, 40)}`)
  .split("-").map(Number) as [number, number?];
const seeds = Array.from(
  { length: (last ?? first) - first + 1 },
  (_, i) => first + i,
);

Deno.test({
  name:
    `\`gitignore\` reports the entries that git does not ignore, ${seeds.length} seeds`,
  ignore: !hasTool("git", "the comparison with git"),
  async fn() {
    for (const seed of seeds) {
      try {
        await compare(new Random(seed));
      } catch (cause) {
        throw new Error(`Failed with GITIGNORE_SEEDS=${seed}`, { cause });
      }
    }
  },
});

async function compare(random: Random): Promise<void> {
  using directory = new LargeDirectory();
  const repository = directory.directory("repository");
  const play = new Play(repository, random);
  play.start();
  // The rules above a watched path apply below it, but not to the path itself.
  const isBelow = random.below(4) === 0 &&
    git(repository, ["check-ignore", "a"]) === "";
  const root = isBelow ? `${repository}/a` : repository;
  const model = new Model(new Map([[root, true]]));
  await using watcher = await watch(root, {
    recursive: true,
    gitignore: true,
    initial: true,
    events: ["create", "delete", "move", "moved_from", "moved_to"],
  });
  const consuming = (async () => {
    for await (const event of watcher) model.apply(event);
  })();
  for (let i = 0; i <= EDITS; i++) {
    if (i > 0) { for (let j = 0; j < 3; j++) play.edit(isBelow); }
    await watcher.sync();
    await turn();
    const expected = readUnignored(root, repository);
    const context = `after ${play.log.join("\n")}`;
    assertEquals(
      difference(expected, model.entries),
      [],
      `missing, ${context}`,
    );
    assertEquals(
      difference(model.entries, expected),
      [],
      `too many, ${context}`,
    );
    assertEquals(model.anomalies, [], context);
    const directories = [...expected.values()].filter(Boolean).length;
    assertEquals(watcher.watchCount, directories + countAbove(root), context);
  }
  await watcher.close();
  await consuming;
}

/** Changes a repository at random. */
class Play {
  readonly log: string[] = [];
  readonly #path: string;
  readonly #random: Random;

  constructor(path: string, random: Random) {
    this.#path = path;
    this.#random = random;
  }

  start(): void {
    git(this.#path, ["init", "--quiet"]);
    const excludes = `${this.#path}/.git/excludes`;
    git(this.#path, ["config", "core.excludesFile", excludes]);
    this.#write("/.git/excludes", this.#rules());
    this.#write("/.git/info/exclude", this.#rules());
    for (const name of DIRECTORIES) {
      for (const below of DIRECTORIES) {
        this.#write(`/${name}/${below}/${this.#oneOf(FILES)}`, "");
        this.#write(`/${name}/${below}/${name}/${this.#oneOf(FILES)}`, "");
      }
    }
    for (let i = this.#random.below(4); i >= 0; i--) {
      this.#write(`${this.#directory()}/.gitignore`, this.#rules());
    }
  }

  /** Makes a random change, with `isBelow` only in `a`. */
  edit(isBelow: boolean): void {
    const directory = this.#directory(isBelow);
    const other = this.#directory(isBelow);
    const rules = `${directory}/.gitignore`;
    const file = `${directory}/${this.#oneOf(FILES)}`;
    const edits: (() => void)[] = [
      () => this.#write(rules, this.#rules()),
      () => this.#write(rules, this.#rules()),
      () => {
        this.#write(`${directory}/new`, this.#rules());
        this.#rename(`${directory}/new`, rules);
      },
      () => this.#append(rules, this.#rules()),
      () => this.#remove(rules),
      () => this.#rename(rules, `${other}/.gitignore`),
      () => this.#write(file, ""),
      () => this.#write(`${directory}/${this.#oneOf(DIRECTORIES)}/x`, ""),
      () => this.#remove(file),
      () => this.#rename(file, `${other}/${this.#oneOf(FILES)}`),
      () => this.#rename(directory, `${other}/${this.#oneOf(DIRECTORIES)}`),
      () => this.#remove(`${directory}/${this.#oneOf(DIRECTORIES)}`),
    ];
    try {
      this.#oneOf(edits)();
    } catch (error) {
      // Many edits fail, because there are few names.
      if (!(error instanceof Error && "code" in error)) throw error;
      this.log.pop();
    }
  }

  #directory(isBelow = false): string {
    let path = isBelow ? "/a" : "";
    for (let depth = this.#random.below(3); depth > 0; depth--) {
      path += `/${this.#oneOf(DIRECTORIES)}`;
    }
    return path;
  }

  #rules(): string {
    const lines = Array.from(
      { length: 1 + this.#random.below(3) },
      () => this.#oneOf(LINES),
    );
    return lines.join("\n") + this.#oneOf(["\n", ""]);
  }

  #write(path: string, text: string): void {
    this.log.push(`write ${path} ${JSON.stringify(text)}`);
    const full = this.#path + path;
    Deno.mkdirSync(full.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(full, text);
  }

  #append(path: string, text: string): void {
    this.log.push(`append ${path} ${JSON.stringify(text)}`);
    Deno.writeTextFileSync(this.#path + path, text, {
      append: true,
      create: false,
    });
  }

  #remove(path: string): void {
    this.log.push(`remove ${path}`);
    Deno.removeSync(this.#path + path, { recursive: true });
  }

  #rename(path: string, other: string): void {
    this.log.push(`rename ${path} ${other}`);
    Deno.renameSync(this.#path + path, this.#path + other);
  }

  #oneOf<T>(choices: readonly T[]): T {
    return this.#random.oneOf(choices);
  }
}

const LINES = [
  "a",
  "b/",
  "/a",
  "/b/",
  "!a",
  "!b/",
  "c",
  "!c",
  "*.o",
  "!a.o",
  "!*.o",
  "x",
  "!x",
  "/x",
  "a/b",
  "!a/b",
  "a/*",
  "!a/x",
  "/a/**/x",
  "**/b/z",
  "b/**",
  "*",
  "!*",
  "!*/",
  "!.gitignore",
  ".gitignore",
  "[ab]",
  "?.o",
  "#a",
  "",
  "\\!x",
  "/*/*/x",
];
