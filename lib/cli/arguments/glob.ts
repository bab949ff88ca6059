/** The globs of `--ignore`, which mean what they mean in a .gitignore file. */

import { globToRegExp } from "@std/path/glob-to-regexp";
import { compile } from "./tokens.ts";

/** A glob, taken apart. */
interface Glob {
  /** What a name or, if anchored, a path matches. */
  readonly pattern: RegExp;
  /**
   * Whether it is for the path below the one that is watched, rather than for
   * a name at any depth.
   */
  readonly isAnchored: boolean;
  /** Whether it is for directories alone. */
  readonly isForDirectories: boolean;
}

/**
 * Whether any of the globs `texts` matches a path, which is below one of
 * `roots`. A slash at its end makes a glob one for directories, and one
 * elsewhere anchors it.
 *
 * @throws {UsageError} If one has no meaning.
 */
export function matcher(
  texts: readonly string[],
  roots: readonly string[],
): (path: string, isDirectory: boolean) => boolean {
  const globs = texts.map((text) => compile("ignore", text, parseGlob));
  const prefixes = roots.map((root) => root.endsWith("/") ? root : `${root}/`);
  return (path, isDirectory) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const below = prefixes
      .filter((prefix) => path.startsWith(prefix))
      .map((prefix) => path.slice(prefix.length));
    return globs.some(({ pattern, isAnchored, isForDirectories }) =>
      (isDirectory || !isForDirectories) &&
      (isAnchored ? below : [name]).some((subject) => pattern.test(subject))
    );
  };
}

function parseGlob(text: string): Glob {
  if (/^!(?!\()/.test(text)) {
    throw new SyntaxError("nothing can be taken back");
  }
  const glob = text.replace(/\/+$/, "");
  const path = glob.replace(/^\.?\/+/, "");
  if (path === "") throw new SyntaxError("nothing matches it");
  return {
    pattern: globToRegExp(path),
    isAnchored: glob.includes("/"),
    isForDirectories: glob !== text,
  };
}
