/** The interface of ignore files: files in a tree that exclude entries from it. */

import type { FoundText } from "../kernel/text_file.ts";
import type { Directory } from "./node.ts";

/** The rules for everything below a directory. */
export interface EntryRules {
  /**
   * Returns whether an entry is excluded. `below` is its path relative to the root
   * of the tree.
   */
  ignores(below: string, isDirectory: boolean): boolean;
}

/**
 * Reads the rules for a directory. The generator yields the location of each file
 * that it needs, a name in the directory or an absolute path, and is passed the file.
 */
export type RulesReading = Generator<string, FoundRules, FoundText>;

/** The ignore files that were read for a directory. */
export interface FoundRules {
  /** The files in order: a later one overrides an earlier one. */
  readonly texts: readonly RulesText[];
  /**
   * The path in the repository, if the directory is the top of a repository or of a
   * tree. The rules of directories above do not apply to it.
   */
  readonly prefix?: string | undefined;
  /** The files that could not be read. */
  readonly problems: readonly RulesProblem[];
}

/** An ignore file that was read. */
export interface RulesText {
  readonly text: string;
  /** How many levels above the directory its patterns begin. */
  readonly up: number;
}

/** An ignore file that could not be read. */
export interface RulesProblem {
  readonly path: string;
  readonly error: Error;
}

/** Reads ignore files. */
export interface IgnoreFiles {
  /** Returns whether the rules of a directory depend on its entry `name`. */
  dependsOn(name: string): boolean;
  /** Begins to read the rules for `directory`, while it is scanned. */
  read(directory: Directory): RulesReading;
  /** Returns the rules for `directory`; the same object if they have not changed. */
  resolve(directory: Directory, found: FoundRules): EntryRules;
}
