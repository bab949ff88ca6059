/** The lines of a `.gitignore` file, which decide as git does; see gitignore(5). */

import { encodeText } from "../kernel/byte_path.ts";
import { compileGlob, type GlobTest } from "./wildmatch.ts";

const SLASH = 0x2f;

/** A path below the directory that the lines are for. */
interface Subject {
  /** The path in bytes, without a leading slash. */
  readonly bytes: Uint8Array;
  /** Where its last name begins. */
  readonly nameStart: number;
  readonly isDirectory: boolean;
}

/** What one line says of the paths that match it. */
interface Rule {
  readonly isIgnored: boolean;
  readonly matches: (subject: Subject) => boolean;
}

/** The lines of one file, or of one list, in their order. */
export class IgnoreRules {
  /** The last line first: the first that matches decides. */
  readonly #rules: readonly Rule[];

  /** Parses `lines`, each without its line break. */
  constructor(lines: readonly string[]) {
    this.#rules = lines.flatMap((line) => parseLine(line) ?? []).reverse();
  }

  /** Parses the text of a file. */
  static parse(text: string): IgnoreRules {
    const lines = text.replace(/^\ufeff/, "").split("\n");
    return new IgnoreRules(
      lines.map((line, i) =>
        i < lines.length - 1 ? line.replace(/\r$/, "") : line
      ),
    );
  }

  /**
   * Returns whether the lines ignore `path`; `undefined` if none matches it.
   *
   * `path` is relative to the directory that the lines are for. What lies in an
   * ignored directory is ignored as well: ask for the directory first.
   */
  decide(path: string, isDirectory: boolean): boolean | undefined {
    if (this.#rules.length === 0) return undefined;
    const bytes = encodeText(path);
    const nameStart = bytes.lastIndexOf(SLASH) + 1;
    const subject = { bytes, nameStart, isDirectory };
    return this.#rules.find(({ matches }) => matches(subject))?.isIgnored;
  }
}

/** Returns `undefined` for a line that matches nothing. */
function parseLine(line: string): Rule | undefined {
  if (line.startsWith("#")) return undefined;
  let glob = encodeText(trimSpaces(line.replace(/\0.*/s, "")));
  const isIgnored = glob[0] !== "!".charCodeAt(0);
  if (!isIgnored) glob = glob.subarray(1);
  const isForDirectories = glob.at(-1) === SLASH;
  if (isForDirectories) glob = glob.subarray(0, -1);
  if (glob.length === 0) return undefined;
  // A slash elsewhere than at the end ties the line to its directory.
  const matches = glob.includes(SLASH) ? pathTest(glob) : nameTest(glob);
  return {
    isIgnored,
    matches: isForDirectories
      ? (subject) => subject.isDirectory && matches(subject)
      : matches,
  };
}

/** Drops blanks from the end of a line, unless a backslash keeps them. */
function trimSpaces(line: string): string {
  let end = 0;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === " ") continue;
    if (line[i] === "\\") i++;
    end = i + 1;
  }
  return line.slice(0, end);
}

function nameTest(glob: Uint8Array): (subject: Subject) => boolean {
  const test = globTest(glob);
  return ({ bytes, nameStart }) => test(bytes, nameStart);
}

function pathTest(glob: Uint8Array): (subject: Subject) => boolean {
  const test = globTest(glob[0] === SLASH ? glob.subarray(1) : glob);
  return ({ bytes }) => test(bytes, 0);
}

/**
 * Compiles `glob`, of which git compares what comes before the first special
 * character by itself. A double star directly after that counts as if it were
 * at the start of the glob.
 */
function globTest(glob: Uint8Array): GlobTest {
  const special = glob.findIndex((byte) => SPECIAL.has(byte));
  const length = special < 0 ? glob.length : special;
  const rest = length < glob.length
    ? compileGlob(glob.subarray(length))
    : undefined;
  return (text, start) => {
    for (let i = 0; i < length; i++) {
      if (text[start + i] !== glob[i]) return false;
    }
    const end = start + length;
    return rest ? rest(text, end) : text.length === end;
  };
}

const SPECIAL: ReadonlySet<number> = new Set(encodeText("*?[\\"));
