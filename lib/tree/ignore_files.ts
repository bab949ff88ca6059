/** Files in the trees that say which entries are no part of them. */

import type { FoundText } from "../kernel/text_file.ts";
import type { Directory } from "./node.ts";

/** Which entries of a directory, and of those in it, are no part of the tree. */
export interface EntryRules {
  /**
   * Returns whether an entry is no part of the tree. `below` is its path, relative
   * to the root of its tree.
   */
  ignores(below: string, isDirectory: boolean): boolean;
}

/**
 * What the files say about the entries of a directory. The generator yields the
 * location of each file that it needs: a name in the directory, or an absolute
 * path.
 */
export type RulesReading = Generator<string, FoundRules, FoundText>;

/** What was read. */
export interface FoundRules {
  /** The text of each file that was read, in the order in which it counts. */
  readonly texts: readonly RulesText[];
  /**
   * For the top of a repository, or of a tree: its path in the repository, to
   * which the rules above do not apply.
   */
  readonly prefix?: string | undefined;
  /** The files that could not be read. */
  readonly problems: readonly RulesProblem[];
}

/** The text of a file. */
export interface RulesText {
  readonly text: string;
  /** How many directories above the one that was read the file counts from. */
  readonly up: number;
}

/** A file that could not be read. */
export interface RulesProblem {
  readonly path: string;
  readonly error: Error;
}

/** Reads such files. */
export interface IgnoreFiles {
  /** Returns whether the rules of a directory depend on its entry `name`. */
  dependsOn(name: string): boolean;
  /** Begins to read the rules of `directory`, while it is scanned. */
  read(directory: Directory): RulesReading;
  /** Returns the rules of `directory`: if they have not changed, the same ones. */
  resolve(directory: Directory, found: FoundRules): EntryRules;
}
