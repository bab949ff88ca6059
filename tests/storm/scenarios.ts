/** Storms in which files or links determine which entries are watched. */

import type { WatchOptions } from "../../mod.ts";
import { git, readUnignored } from "../support/git.ts";
import { type Entries, readLinkedTree, readTree } from "./model.ts";

/** The additional operations of the writers, and the expected result. */
export interface Scenario {
  /** The flag of `generator.ts`. */
  readonly flag: string;
  /** The options of the watcher. */
  readonly options: WatchOptions;
  /** Prepares the tree. */
  prepare(root: string): void;
  /** Returns the entries on disk that are watched. */
  read(root: string): Entries;
}

/** The usual storm. */
export const PLAIN: Scenario = {
  flag: "",
  options: {},
  prepare() {},
  read: readTree,
};

/** Links come, go and lead elsewhere all the time. */
export const LINKS: Scenario = {
  flag: "--links",
  options: { followSymlinks: true },
  prepare() {},
  read: readLinkedTree,
};

/** Rules come, go and move all the time. */
export const RULES: Scenario = {
  flag: "--rules",
  options: { gitignore: true },
  prepare: (root) => void git(root, ["init", "--quiet"]),
  read: (root) => readUnignored(root),
};
