/**
 * Changes a tree at full speed, in every way that a tree can change:
 *
 *     deno run -A generator.ts BASE SEED COUNT [--rules | --links] [--verbose]
 *
 * works on `BASE/tree`; entries move out to `BASE/outside` and in from there. The
 * operations depend only on the seed, never on the disk. With `--rules`, many of
 * them change `.gitignore` files, with `--links` make links to directories. Many of them fail, because
 * there are few names and several writers.
 */

import { Random } from "../support/random.ts";
import {
  DIRECTORIES,
  FILES,
  type Kind,
  KINDS,
  KINDS_OF_RULES,
  OPERATIONS,
  OUTSIDE,
  type Paths,
  RULES,
} from "./operations.ts";

// Operations that create entries are more frequent than those that remove whole
// trees, so that there are always a few hundred entries.
const MIX: readonly Kind[] = [
  ...KINDS.filter((kind) => !KINDS_OF_RULES.includes(kind)),
  ...Array<Kind>(7).fill("mkdirDeep"),
  ...Array<Kind>(4).fill("renameDirectory"),
];

/** The same kinds, and changes of rules. */
const MIX_WITH_RULES: readonly Kind[] = [
  ...MIX,
  ...KINDS_OF_RULES,
  ...KINDS_OF_RULES,
];

/** The same, and links to directories. */
const MIX_WITH_LINKS: readonly Kind[] = [
  ...MIX,
  "linkDirectory",
  "linkOutside",
  "linkOutside",
];

/** Tries the operations of one seed, one after the other. */
export class Writer {
  /** For each kind, how many operations were tried, and how many succeeded. */
  readonly counts = Object.fromEntries(
    KINDS.map((kind) => [kind, { tried: 0, done: 0 }]),
  ) as Record<Kind, { tried: number; done: number }>;

  readonly #base: string;
  readonly #random: Random;
  readonly #mix: readonly Kind[];

  constructor(base: string, seed: number, mix = MIX) {
    this.#mix = mix;
    this.#base = base;
    this.#random = new Random(seed);
  }

  /** Tries one operation: of `kind`, or of a random kind. */
  step(kind: Kind = this.#random.oneOf(this.#mix)): void {
    const count = this.counts[kind];
    const paths = this.#draw();
    count.tried++;
    try {
      OPERATIONS[kind](paths);
      count.done++;
    } catch (error) {
      // Errors of the system have a code, bugs do not.
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }

  #draw(): Paths {
    const random = this.#random;
    const file = this.#file();
    const directory = this.#directory(3);
    return {
      file,
      directory,
      otherFile: this.#file(),
      otherDirectory: this.#directory(3),
      deepDirectory: this.#directory(5),
      entry: random.oneOf([file, directory]),
      outside: `${this.#base}/outside/${random.oneOf(OUTSIDE)}`,
      name: random.oneOf(FILES),
      // A link to a file, a directory, nothing, itself, or a directory above it.
      linkTarget: random.oneOf([
        this.#file(),
        this.#directory(3),
        "nothing",
        file,
        `${this.#base}/tree`,
      ]),
      rule: random.oneOf(RULES),
    };
  }

  #directory(depth: number): string {
    let path = `${this.#base}/tree`;
    // Deeper paths are more frequent, because an operation at the top affects a lot.
    const random = this.#random;
    let left = 1 + Math.max(random.below(depth), random.below(depth));
    for (; left > 0; left--) {
      path += `/${random.oneOf(DIRECTORIES)}`;
    }
    return path;
  }

  #file(): string {
    return `${this.#directory(3)}/${this.#random.oneOf(FILES)}`;
  }
}

if (import.meta.main) {
  const [base = "", seed, count, ...flags] = Deno.args;
  const mix = flags.includes("--rules")
    ? MIX_WITH_RULES
    : flags.includes("--links")
    ? MIX_WITH_LINKS
    : MIX;
  const writer = new Writer(base, Number(seed), mix);
  for (let i = 0; i < Number(count); i++) writer.step();
  if (flags.includes("--verbose")) console.table(writer.counts);
}
