/**
 * Changes the names above a path, on another thread and at full speed: the entries
 * `a`, `b` and `root` of `a/b/root` below `base`, and the mounts there.
 */

import { Random } from "../support/random.ts";
import { exchange } from "../support/system.ts";
import { mount, unmount } from "../support/mount.ts";

/** An order for a number of operations, which depend only on the seed. */
export interface Order {
  readonly base: string;
  readonly seed: number;
  readonly operations: number;
  readonly mounts: boolean;
}

const PREFIXES = ["a", "a/b", "a/b/root"];
/** Directories beside the path, with the same structure, to move entries out and in. */
export const SPARES = ["s1", "s2", "s3", "s4"];
const FILES = ["x", "y", "z"];

/** The random arguments of an operation. */
interface Places {
  /** A name on the path. */
  readonly prefix: string;
  /** The rest of the path after this name. */
  readonly rest: string;
  readonly spare: string;
  readonly root: string;
  readonly file: string;
  readonly otherFile: string;
}

/** The directories that are kept open, so that their deletion is completed late. */
const held: Disposable[] = [];

const OPERATIONS: Record<string, (places: Places) => void> = {
  moveAway: ({ prefix, spare }) => {
    Deno.lstatSync(prefix);
    clear(spare);
    Deno.renameSync(prefix, spare);
  },
  moveBack: ({ prefix, spare }) => Deno.renameSync(spare, prefix),
  moveOver: ({ prefix, spare }) => {
    Deno.lstatSync(spare);
    clear(prefix);
    Deno.renameSync(spare, prefix);
  },
  moveThereAndBack: ({ prefix }) => {
    Deno.renameSync(prefix, `${prefix}.1`);
    Deno.renameSync(`${prefix}.1`, prefix);
  },
  exchange: ({ prefix, spare }) => exchange(prefix, spare),
  remove: ({ prefix }) => Deno.removeSync(prefix, { recursive: true }),
  make: ({ root }) => populate(root),
  remake: ({ prefix, root }) => {
    clear(prefix);
    populate(root);
  },
  makeSpare: ({ spare, rest }) => {
    clear(spare);
    populate(spare + rest);
  },
  link: ({ prefix, spare }) => replaceByLink(prefix, spare),
  linkRelative: ({ prefix, spare }) =>
    replaceByLink(
      prefix,
      `${prefix.includes("/a/") ? "../" : ""}${spare.split("/").pop()}`,
    ),
  file: ({ prefix }) => {
    clear(prefix);
    Deno.writeTextFileSync(prefix, "text");
  },
  hold: ({ prefix }) => void held.push(Deno.openSync(prefix)),
  release: () => held.splice(0).forEach((each) => each[Symbol.dispose]()),
  write: ({ root, file }) => Deno.writeTextFileSync(`${root}/${file}`, "text"),
  mkdir: ({ root, file }) => Deno.mkdirSync(`${root}/${file}/${file}`),
  rename: ({ root, file, otherFile }) =>
    Deno.renameSync(`${root}/${file}`, `${root}/${otherFile}`),
  save: ({ root, file }) => {
    Deno.writeTextFileSync(`${root}/new`, "text");
    Deno.renameSync(`${root}/new`, `${root}/${file}`);
  },
  delete: ({ root, file }) =>
    Deno.removeSync(`${root}/${file}`, { recursive: true }),
};

const MOUNTS: Record<string, (places: Places) => void> = {
  mountFresh: ({ prefix, rest }) => {
    mount("none", prefix, "tmpfs");
    populate(prefix + rest);
  },
  mountEmpty: ({ prefix }) => mount("none", prefix, "tmpfs"),
  mountBelow: ({ root, file }) => {
    mount("none", `${root}/${file}`, "tmpfs");
    populate(`${root}/${file}`);
  },
  bind: ({ prefix, spare }) => mount(spare, prefix),
  bindBelow: ({ root, file, spare }) => mount(spare, `${root}/${file}`),
  bindFile: ({ root, file, otherFile, spare }) =>
    mount(`${spare}/${otherFile}`, `${root}/${file}`),
  unmount: ({ prefix }) => unmount(prefix),
  unmountBelow: ({ root, file }) => unmount(`${root}/${file}`),
};

/** Tries the operations of one order. Many of them fail. */
export function perform({ base, seed, operations, mounts }: Order): void {
  const random = new Random(seed);
  // Operations that create the path are more frequent than those that break it, so
  // that the path often exists.
  const kinds = [
    ...Object.keys(OPERATIONS),
    ...Array<string>(6).fill("make"),
    ...Array<string>(3).fill("moveBack"),
  ];
  if (mounts) kinds.push(...Object.keys(MOUNTS), ...Object.keys(MOUNTS));
  const all = { ...OPERATIONS, ...MOUNTS };
  for (let i = 0; i < operations; i++) {
    const prefix = random.oneOf(PREFIXES);
    const places = {
      prefix: `${base}/${prefix}`,
      rest: PREFIXES.at(-1)!.slice(prefix.length),
      spare: `${base}/${random.oneOf(SPARES)}`,
      root: `${base}/${PREFIXES.at(-1)}`,
      file: random.oneOf(FILES),
      otherFile: random.oneOf(FILES),
    };
    try {
      all[random.oneOf(kinds)]!(places);
    } catch (error) {
      // Errors of the system have a code, bugs do not.
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
}

/** Creates the path and the directories beside it. */
export function prepare(base: string): void {
  populate(`${base}/${PREFIXES.at(-1)}`);
  SPARES.forEach((spare, i) =>
    populate(`${base}/${spare}${["/b/root", "/root", "", ""][i]}`)
  );
}

function populate(root: string): void {
  Deno.mkdirSync(`${root}/x/x`, { recursive: true });
  Deno.writeTextFileSync(`${root}/x/file`, "");
  Deno.writeTextFileSync(`${root}/y`, "");
}

function replaceByLink(place: string, target: string): void {
  const link = `${place}.link`;
  clear(link);
  Deno.symlinkSync(target, link);
  if (!Deno.lstatSync(place).isDirectory) Deno.renameSync(link, place);
  else exchange(link, place);
  clear(link);
}

/** Removes the entry at `path`, and unmounts everything there and below. */
function clear(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
