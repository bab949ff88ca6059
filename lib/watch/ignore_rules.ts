/** Matches paths against the lines of a `.gitignore` file; see gitignore(5). */

import { encodeText } from "../kernel/byte_path.ts";
import { compileGlob, type GlobTest } from "./wildmatch.ts";

const SLASH = 0x2f;

/** A path that can be matched from any of its names on. */
export interface Subject {
  /** The path in bytes, without a leading slash. */
  readonly bytes: Uint8Array;
  /** The start of each name. */
  readonly starts: readonly number[];
  readonly isDirectory: boolean;
}

/** Returns `path`, which has no leading slash, in the form for matching. */
export function toSubject(path: string, isDirectory: boolean): Subject {
  const bytes = encodeText(path);
  const starts = [0];
  let at = bytes.indexOf(SLASH);
  for (; at >= 0; at = bytes.indexOf(SLASH, at + 1)) starts.push(at + 1);
  return { bytes, starts, isDirectory };
}

/** Returns whether the part of a path from `start` on matches. */
type Match = (subject: Subject, start: number) => boolean;

/** The rule of one line. */
interface Rule {
  readonly isIgnored: boolean;
  readonly matches: Match;
}

/** The lines of a file or a list, in order. */
export class IgnoreRules {
  /** The rules, last line first. The first rule that matches decides. */
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
   * `path` is relative to the directory of the lines. Everything in an ignored
   * directory is ignored as well: ask for the directory first.
   */
  decide(path: string, isDirectory: boolean): boolean | undefined {
    return this.decideFrom(toSubject(path, isDirectory), 0);
  }

  /** Decides about the part of a path from `start` on. */
  decideFrom(subject: Subject, start: number): boolean | undefined {
    return this.#rules.find(({ matches }) => matches(subject, start))
      ?.isIgnored;
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
  // With a slash before its end, a line matches only relative to its directory.
  const matches = glob.includes(SLASH) ? pathTest(glob) : nameTest(glob);
  return {
    isIgnored,
    matches: isForDirectories
      ? (subject, start) => subject.isDirectory && matches(subject, start)
      : matches,
  };
}

/** Removes blanks from the end of a line, unless a backslash escapes them. */
function trimSpaces(line: string): string {
  let end = 0;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === " ") continue;
    if (line[i] === "\\") i++;
    end = i + 1;
  }
  return line.slice(0, end);
}

function nameTest(glob: Uint8Array): Match {
  const test = globTest(glob);
  return ({ bytes, starts }) => test(bytes, starts.at(-1)!);
}

function pathTest(glob: Uint8Array): Match {
  const test = globTest(glob[0] === SLASH ? glob.subarray(1) : glob);
  return ({ bytes }, start) => test(bytes, start);
}

/**
 * Compiles `glob`. git compares the text before the first special character
 * separately. So a double star right after this text counts as one at the start of
 * the glob.
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
