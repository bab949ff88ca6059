/** The operations of a writer on a tree. */

import { exchange } from "../support/system.ts";

/** Names, mostly of directories. */
export const DIRECTORIES = ["a", "b", "c c", "ü"];
/** Names, mostly of files. */
export const FILES = ["x", "y", "z"];
/** Names beside the tree. */
export const OUTSIDE = ["1", "2", "3", "4", "5", "6"];

/** The random arguments of an operation. */
export interface Paths {
  directory: string;
  otherDirectory: string;
  deepDirectory: string;
  file: string;
  otherFile: string;
  /** Returns the path of a file or a directory. */
  entry: string;
  outside: string;
  /** Returns the name of a file. */
  name: string;
  linkTarget: string;
  /** Returns a line of a `.gitignore` file. */
  rule: string;
}

/** Returns the lines of a `.gitignore` file. */
export const RULES = [
  "a",
  "b/",
  "/c c",
  "!a",
  "x",
  "/y",
  "!x",
  "a/*",
  "*/z",
  "a/**/x",
  "!ü/",
  "ü",
  "?",
  "!*/",
];

const NEW = { write: true, createNew: true };
const RECURSIVE = { recursive: true };

/** The kinds of operation. Many operations fail. */
export const OPERATIONS = {
  create: ({ file }) => Deno.openSync(file, NEW).close(),
  write: ({ file }) => write(file),
  append: ({ file }) => append(file),
  delete: ({ file }) => Deno.removeSync(file),
  mkdir: ({ directory }) => Deno.mkdirSync(directory),
  rmdir: ({ directory }) => Deno.removeSync(directory),
  mkdirDeep: ({ directory, deepDirectory }) => {
    makeWithFiles(deepDirectory);
    makeWithFiles(directory);
    makeWithFiles(`${directory}/${DIRECTORIES[0]}`);
  },
  removeTree: ({ directory }) => Deno.removeSync(directory, RECURSIVE),
  renameFile: ({ file, otherFile }) => Deno.renameSync(file, otherFile),
  renameDirectory: ({ directory, otherDirectory }) =>
    Deno.renameSync(directory, otherDirectory),
  renameOverEmpty: ({ directory, otherDirectory }) => {
    Deno.lstatSync(directory);
    clear(otherDirectory);
    Deno.mkdirSync(otherDirectory);
    Deno.renameSync(directory, otherDirectory);
  },
  renameChain: ({ directory, otherDirectory }) => {
    Deno.renameSync(directory, `${directory}.1`);
    Deno.renameSync(`${directory}.1`, `${directory}.2`);
    replace(`${directory}.2`, otherDirectory);
  },
  moveOut: ({ entry, outside }) => replace(entry, outside),
  moveIn: ({ entry, outside }) => Deno.renameSync(outside, entry),
  moveInOver: ({ entry, outside }) => replace(outside, entry),
  writeOutside: ({ outside, name }) => write(`${outside}/${name}`),
  exchangeFiles: ({ file, otherFile }) => exchange(file, otherFile),
  exchangeDirectories: ({ directory, otherDirectory }) =>
    exchange(directory, otherDirectory),
  exchangeFileAndDirectory: ({ file, directory }) => exchange(file, directory),
  exchangeDirectoryAndFile: ({ file, directory }) => exchange(directory, file),
  exchangeOut: ({ entry, outside }) => exchange(entry, outside),
  exchangeIn: ({ entry, outside }) => exchange(outside, entry),
  symlink: ({ entry, linkTarget }) => Deno.symlinkSync(linkTarget, entry),
  linkDirectory: ({ directory, entry }) => Deno.symlinkSync(directory, entry),
  linkOutside: ({ outside, entry }) => Deno.symlinkSync(outside, entry),
  link: ({ file, otherFile }) => Deno.linkSync(file, otherFile),
  save: ({ file }) => {
    write(`${file}.new`);
    Deno.renameSync(`${file}.new`, file);
  },
  remakeDirectory: ({ directory }) => {
    Deno.removeSync(directory, RECURSIVE);
    makeWithFiles(directory);
  },
  fileToDirectory: ({ file }) => {
    Deno.removeSync(file);
    makeWithFiles(file);
  },
  directoryToFile: ({ directory }) => {
    Deno.removeSync(directory, RECURSIVE);
    write(directory);
  },
  writeRules: ({ directory, rule }) =>
    Deno.writeTextFileSync(`${directory}/.gitignore`, `${rule}\n`),
  replaceRules: ({ directory, rule }) => {
    Deno.writeTextFileSync(`${directory}/.new`, rule);
    Deno.renameSync(`${directory}/.new`, `${directory}/.gitignore`);
  },
  appendRules: ({ directory, rule }) =>
    Deno.writeTextFileSync(`${directory}/.gitignore`, `${rule}\n`, {
      append: true,
      create: false,
    }),
  moveRules: ({ directory, otherDirectory }) =>
    Deno.renameSync(`${directory}/.gitignore`, `${otherDirectory}/.gitignore`),
  deleteRules: ({ directory }) => Deno.removeSync(`${directory}/.gitignore`),
} satisfies Record<string, (paths: Paths) => void>;

/** A kind of operation. */
export type Kind = keyof typeof OPERATIONS;

/** Every kind of operation. */
export const KINDS = Object.keys(OPERATIONS) as Kind[];

/** The kinds that change rules. */
export const KINDS_OF_RULES: readonly Kind[] = KINDS.filter((kind) =>
  kind.endsWith("Rules")
);

/** Creates `base/tree` and `base/outside`, with entries of each kind. */
export function populate(base: string): void {
  for (const name of DIRECTORIES) {
    for (const below of DIRECTORIES) {
      makeWithFiles(`${base}/tree/${name}/${below}`);
      Deno.mkdirSync(`${base}/tree/${name}/${below}/${name}`);
    }
  }
  for (const name of OUTSIDE) makeWithFiles(`${base}/outside/${name}/a`);
}

function makeWithFiles(directory: string): void {
  Deno.mkdirSync(directory, RECURSIVE);
  for (const name of FILES) write(`${directory}/${name}`);
}

function write(file: string): void {
  Deno.writeTextFileSync(file, "text");
}

/** Appends to a file that exists. */
export function append(file: string): void {
  Deno.writeTextFileSync(file, "more", { append: true, create: false });
}

function replace(from: string, to: string): void {
  Deno.lstatSync(from);
  clear(to);
  Deno.renameSync(from, to);
}

function clear(path: string): void {
  try {
    Deno.removeSync(path, RECURSIVE);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
