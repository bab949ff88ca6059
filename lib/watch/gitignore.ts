/** The option `gitignore`: which entries git ignores; see gitignore(5). */

import { joinPath } from "../kernel/byte_path.ts";
import { Libc } from "../kernel/libc.ts";
import { readText } from "../kernel/procfs.ts";
import type { FoundText } from "../kernel/text_file.ts";
import type {
  EntryRules,
  FoundRules,
  IgnoreFiles,
  RulesProblem,
  RulesReading,
  RulesText,
} from "../tree/ignore_files.ts";
import { type Directory, RootDirectory } from "../tree/node.ts";
import { excludesFileIn } from "./git_config.ts";
import { IgnoreRules, type Subject, toSubject } from "./ignore_rules.ts";
import type { WatchWarning } from "./options.ts";

const GIT = ".git";
const GITIGNORE = ".gitignore";

/** Reads the same files as git, to know which entries git ignores. */
export class Gitignore implements IgnoreFiles {
  readonly #onWarning: ((warning: WatchWarning) => void) | undefined;
  /** The files that could not be read, by path. Each is reported once. */
  readonly #warned = new Set<string>();
  #environment: ReadonlyMap<string, string> | undefined;

  constructor(onWarning: ((warning: WatchWarning) => void) | undefined) {
    this.#onWarning = onWarning;
  }

  dependsOn(name: string): boolean {
    return name === GITIGNORE || name === GIT;
  }

  *read(directory: Directory): RulesReading {
    const found = new Found();
    if (yield GIT) {
      found.prefix = "";
      yield* this.#readRepository(directory.absolutePath, 0, found);
    } else if (directory instanceof RootDirectory) {
      yield* this.#readAbove(directory.realPath, found);
    }
    found.add(yield GITIGNORE, directory.pathOf(GITIGNORE), 0);
    return found;
  }

  resolve(directory: Directory, found: FoundRules): EntryRules {
    for (const problem of found.problems) this.#warn(problem);
    const above = found.prefix === undefined
      ? directory.parent?.rules
      : undefined;
    const rules = new GitRules(directory, found, above as GitRules | undefined);
    if (rules.isEmpty && above) return above;
    const before = directory.rules as GitRules | undefined;
    return before?.equals(rules) ? before : rules;
  }

  /** Reads the rules of the directories above a watched path, if it is in a repository. */
  *#readAbove(path: string, found: Found): Generator<string, void, FoundText> {
    found.prefix = "";
    const above: string[] = [];
    for (let at = path; at.length > 1;) {
      at = at.slice(0, at.lastIndexOf("/")) || "/";
      above.push(at);
      if (yield joinPath(at, GIT)) {
        const top = at === "/" ? 1 : at.length + 1;
        found.prefix = `${path.slice(top)}/`;
        yield* this.#readRepository(at, above.length, found);
        for (let up = above.length; up > 0; up--) {
          const file = joinPath(above[up - 1]!, GITIGNORE);
          found.add(yield file, file, up);
        }
        return;
      }
    }
  }

  /** Reads the rules of the repository at `top` that are in no `.gitignore`. */
  *#readRepository(
    top: string,
    up: number,
    found: Found,
  ): Generator<string, void, FoundText> {
    // Worktrees and submodules have a file that says where the repository is.
    const location = joinPath(top, GIT);
    const git = (yield* readLink(location, top)) ?? location;
    const common = (yield* readLink(joinPath(git, "commondir"), git)) ?? git;
    const global = yield* this.#findExcludesFile(common);
    for (const file of [global, joinPath(common, "info/exclude")]) {
      if (file === undefined) continue;
      found.add(yield toAbsolute(file, top), file, up);
    }
  }

  /** Finds the file that the setting `core.excludesFile` names. */
  *#findExcludesFile(
    gitDirectory: string,
  ): Generator<string, string | undefined, FoundText> {
    const environment = this.#environment ??= readEnvironment();
    const home = environment.get("HOME");
    const folder = environment.get("XDG_CONFIG_HOME") ||
      (home && `${home}/.config`);
    let file = folder && `${folder}/git/ignore`;
    const configs = [
      "/etc/gitconfig",
      folder && `${folder}/git/config`,
      home && `${home}/.gitconfig`,
      `${gitDirectory}/config`,
    ];
    for (const config of configs) {
      if (!config?.startsWith("/")) continue;
      const found = yield config;
      if (found?.kind === "text") file = excludesFileIn(found.text) ?? file;
    }
    return file?.startsWith("~/") ? home && home + file.slice(1) : file;
  }

  /** Reports once that a file cannot be read. */
  #warn({ path, error }: RulesProblem): void {
    if (this.#warned.has(path)) return;
    this.#warned.add(path);
    this.#onWarning?.({ path, reason: error.message });
  }
}

/** The files that were read so far. */
class Found implements FoundRules {
  readonly texts: RulesText[] = [];
  readonly problems: RulesProblem[] = [];
  prefix: string | undefined;

  /** Adds what was `found` at `path`. */
  add(found: FoundText, path: string, up: number): void {
    if (found?.kind === "text") this.texts.push({ text: found.text, up });
    if (found?.kind === "error") {
      this.problems.push({ path, error: found.error });
    }
  }
}

/** The rules of one file. */
interface Level {
  readonly text: string;
  readonly rules: IgnoreRules;
  /** How many names the path of its directory has, relative to the repository. */
  readonly depth: number;
}

/** The rules for a directory: from its own files, and from directories above it. */
class GitRules implements EntryRules {
  readonly #above: GitRules | undefined;
  /** The rules of its own files. A later one overrides an earlier one. */
  readonly #levels: readonly Level[];
  /** All rules that apply to it. */
  readonly #all: readonly Level[];
  /** The path of the root in its repository: `""`, or with a slash at its end. */
  readonly #prefix: string;

  constructor(
    directory: Directory,
    { texts, prefix }: FoundRules,
    above: GitRules | undefined,
  ) {
    this.#above = above;
    const parent = directory.parent?.rules as GitRules | undefined;
    this.#prefix = (parent ? parent.#prefix : prefix) ?? "";
    let depth = this.#prefix.split("/").length - 1;
    for (let at = directory; at.parent; at = at.parent) depth++;
    this.#levels = texts.map(({ text, up }) => ({
      text,
      rules: IgnoreRules.parse(text),
      depth: depth - up,
    }));
    this.#all = above ? [...above.#all, ...this.#levels] : this.#levels;
  }

  /** Whether it adds no rule to those from above. */
  get isEmpty(): boolean {
    return this.#levels.length === 0;
  }

  equals(other: GitRules): boolean {
    return this.#above === other.#above && this.#prefix === other.#prefix &&
      this.#levels.length === other.#levels.length &&
      this.#levels.every(({ text, depth }, i) =>
        text === other.#levels[i]!.text && depth === other.#levels[i]!.depth
      );
  }

  ignores(below: string, isDirectory: boolean): boolean {
    if (below.slice(below.lastIndexOf("/") + 1) === GIT) return true;
    let subject: Subject | undefined;
    // The last rule that matches decides.
    for (let i = this.#all.length - 1; i >= 0; i--) {
      const { rules, depth } = this.#all[i]!;
      subject ??= toSubject(this.#prefix + below, isDirectory);
      // A directory that has just moved keeps its rules until it is scanned.
      const start = subject.starts[depth];
      if (start === undefined) continue;
      const isIgnored = rules.decideFrom(subject, start);
      if (isIgnored !== undefined) return isIgnored;
    }
    return false;
  }
}

/** Reads a file that contains a path, which is relative to `base`. */
function* readLink(
  location: string,
  base: string,
): Generator<string, string | undefined, FoundText> {
  const found = yield location;
  if (found?.kind !== "text") return undefined;
  return toAbsolute(/(?:gitdir: )?(.*)/.exec(found.text)![1]!, base);
}

function toAbsolute(path: string, base: string): string {
  return path.startsWith("/") ? path : joinPath(base, path);
}

/** Returns the environment in which the program started. */
function readEnvironment(): ReadonlyMap<string, string> {
  using libc = Libc.acquire();
  let text = "";
  try {
    text = readText("/proc/self/environ", libc);
  } catch {
    // Without /proc, only the files in the repository count.
  }
  return new Map(
    text.split("\0").map((entry) => {
      const end = entry.indexOf("=");
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}
