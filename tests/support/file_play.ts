/** Random changes to a small tree, each with events of its own. */

import { Random } from "./random.ts";

/** Which changes a {@linkcode FilePlay} makes. */
export interface PlayOptions {
  /** The only file that is changed; by default there are many. */
  file?: string;
  /** Whether directories are created, deleted and renamed. */
  directories: boolean;
}

/** The directory of the changes, and the one beside it. */
const TREE = "tree";
const BESIDE = "beside";

/**
 * Changes below `tree` in a directory, one at a time.
 *
 * It leaves out changes that inotifywait(1) reports wrongly: the contents of a
 * directory that is created or moved in with them, moves of a directory that
 * contains directories (some of them keep their old paths, or are still watched),
 * and a directory that replaces another. It also leaves out changes with two equal
 * events in a row, which the kernel merges if no read comes between them.
 */
export class FilePlay {
  readonly #base: string;
  readonly #random: Random;
  readonly #options: PlayOptions;
  readonly #files = new Set<string>();
  readonly #directories = new Set<string>();
  readonly #links = new Set<string>();
  /** The entries that were moved to their place. */
  readonly #arrived = new Set<string>();
  #names = 0;
  #isLinked = false;

  /** Creates the tree in `base`. */
  constructor(base: string, seed: number, options: PlayOptions) {
    this.#base = base;
    this.#random = new Random(seed);
    this.#options = options;
    for (const path of [TREE, BESIDE]) Deno.mkdirSync(this.#at(path));
    this.#directories.add(TREE);
    for (const name of ["d", "d/e", "skip"]) {
      Deno.mkdirSync(this.#at(`${TREE}/${name}`));
      this.#directories.add(`${TREE}/${name}`);
    }
    for (const name of ["f", "g.tmp", "d/h", "d/e/i, j", "skip/k"]) {
      Deno.writeTextFileSync(this.#at(`${TREE}/${name}`), name);
      this.#files.add(`${TREE}/${name}`);
    }
  }

  /** Makes one change, and returns its description. */
  step(): string {
    const { file, directories } = this.#options;
    const actions: (() => string)[] = [
      () => this.#append(),
      () => this.#read(),
      () => this.#chmod(this.#file()),
      () => this.#touch(),
    ];
    if (file !== undefined) {
      actions.push(() => this.#link(file));
      return this.#random.oneOf(actions)();
    }
    actions.push(
      () => this.#create(),
      () => this.#create(),
      () => this.#remove(),
      () => this.#rename(),
      () => this.#rename(),
      () => this.#replace(),
      () => this.#moveOut(),
      () => this.#moveIn(),
      () => this.#symlink(),
      () => this.#chmod(this.#shown()),
      () => this.#openDirectory(),
    );
    if (directories) {
      actions.push(
        () => this.#makeDirectory(),
        () => this.#removeDirectory(),
        () => this.#renameDirectory(),
        () => this.#moveDirectoryOut(),
        () => this.#moveDirectoryIn(),
      );
    }
    return this.#random.oneOf(actions)();
  }

  /** Removes the only file in some way. */
  finish(): string {
    const { file } = this.#options;
    if (file === undefined) return "nothing";
    if (this.#isLinked) {
      this.#link(file);
      return "unlink";
    }
    if (this.#random.below(2) === 0) {
      Deno.removeSync(this.#at(file));
      return `remove ${file}`;
    }
    return this.#move(file, `${BESIDE}/gone`);
  }

  /** The sets of current paths. */
  get #sets(): readonly Set<string>[] {
    return [
      this.#files,
      this.#links,
      this.#directories,
      this.#arrived,
    ];
  }

  #at(path: string): string {
    return `${this.#base}/${path}`;
  }

  #file(): string {
    const { file } = this.#options;
    return file ?? this.#oneOf(this.#files)!;
  }

  /**
   * Returns a file that may be removed, or `undefined`. A file that was moved to
   * its place stays: if it moved again, the events could be those of an exchange,
   * and the command would have to list the directory. One file always stays.
   */
  #movable(): string | undefined {
    return this.#oneOf(
      this.#files.values().filter((path) =>
        path !== `${TREE}/f` && !this.#arrived.has(path)
      ),
    );
  }

  #directory(): string {
    return this.#oneOf(this.#directories)!;
  }

  /** Returns a directory that is not excluded. */
  #shown(): string {
    return this.#oneOf(this.#directories.values().filter(isShown))!;
  }

  /** Returns a directory that may be removed, or `undefined`. */
  #ordinary(isWanted: (path: string) => boolean = () => true) {
    return this.#oneOf(
      this.#directories.values().filter((path) =>
        path !== TREE && isShown(path) && isWanted(path)
      ),
    );
  }

  /** Returns a directory that may be moved, or `undefined`. */
  #leaf(): string | undefined {
    return this.#ordinary((path) =>
      !this.#arrived.has(path) &&
      !this.#directories.values().some((each) => each.startsWith(`${path}/`))
    );
  }

  #oneOf(paths: Iterable<string>): string | undefined {
    const list = [...paths];
    return list[this.#random.below(Math.max(list.length, 1))];
  }

  #newPath(): string {
    const end = this.#random.oneOf(["", ".tmp", " b", '"', ",c", "-é"]);
    return `${this.#directory()}/n${this.#names++}${end}`;
  }

  /** Returns a new path for a directory, outside of the excluded directory. */
  #newDirectoryPath(): string {
    const end = this.#random.oneOf(["", " b", ",c", "-é"]);
    return `${this.#shown()}/n${this.#names++}${end}`;
  }

  // Files

  #create(): string {
    const path = this.#newPath();
    Deno.openSync(this.#at(path), { write: true, createNew: true }).close();
    this.#files.add(path);
    return `create ${path}`;
  }

  #append(): string {
    const path = this.#file();
    using file = Deno.openSync(this.#at(path), { append: true });
    file.writeSync(new Uint8Array([46]));
    return `append to ${path}`;
  }

  #read(): string {
    const path = this.#file();
    using file = Deno.openSync(this.#at(path));
    file.readSync(new Uint8Array(1));
    return `read ${path}`;
  }

  #chmod(path: string): string {
    Deno.chmodSync(this.#at(path), this.#random.oneOf([0o700, 0o750]));
    return `chmod ${path}`;
  }

  #touch(): string {
    const path = this.#file();
    Deno.utimeSync(this.#at(path), this.#names, this.#names);
    return `touch ${path}`;
  }

  #remove(): string {
    const path = this.#movable();
    if (path === undefined) return "nothing";
    Deno.removeSync(this.#at(path));
    this.#files.delete(path);
    return `remove ${path}`;
  }

  #rename(): string {
    const from = this.#movable();
    const to = this.#newPath();
    if (from === undefined) return "nothing";
    this.#files.delete(from);
    this.#files.add(to);
    return this.#move(from, to);
  }

  #replace(): string {
    const from = this.#movable();
    const to = this.#file();
    if (from === undefined || from === to) return "nothing";
    this.#files.delete(from);
    return this.#move(from, to);
  }

  #moveOut(): string {
    const from = this.#movable();
    if (from === undefined) return "nothing";
    this.#files.delete(from);
    return this.#move(from, `${BESIDE}/n${this.#names++}`);
  }

  #moveIn(): string {
    const [from, to] = [`${BESIDE}/n${this.#names++}`, this.#newPath()];
    Deno.writeTextFileSync(this.#at(from), "");
    this.#files.add(to);
    return this.#move(from, to);
  }

  #symlink(): string {
    const path = this.#newPath();
    Deno.symlinkSync("f", this.#at(path));
    this.#links.add(path);
    return `symlink ${path}`;
  }

  /** Adds a hard link to the file, or removes it. */
  #link(file: string): string {
    const path = this.#at(`${BESIDE}/link`);
    if (this.#isLinked) Deno.removeSync(path);
    else Deno.linkSync(this.#at(file), path);
    this.#isLinked = !this.#isLinked;
    return `link ${file}`;
  }

  #move(from: string, to: string): string {
    this.#arrived.add(to);
    Deno.renameSync(this.#at(from), this.#at(to));
    return `move ${from} to ${to}`;
  }

  // Directories

  #openDirectory(): string {
    const path = this.#shown();
    Deno.openSync(this.#at(path)).close();
    return `open ${path}`;
  }

  #makeDirectory(): string {
    const path = this.#newDirectoryPath();
    Deno.mkdirSync(this.#at(path));
    this.#directories.add(path);
    return `make ${path}`;
  }

  #removeDirectory(): string {
    const path = this.#ordinary();
    if (path === undefined) return "nothing";
    for (const paths of [this.#files, this.#links, this.#directories]) {
      // The directories with the longest paths are the deepest.
      const below = [...paths].filter((each) =>
        `${each}/`.startsWith(`${path}/`)
      );
      for (const each of below.sort((a, b) => b.length - a.length)) {
        paths.delete(each);
        Deno.removeSync(this.#at(each));
      }
    }
    return `remove ${path}`;
  }

  #renameDirectory(): string {
    const from = this.#leaf();
    const to = this.#newDirectoryPath();
    if (from === undefined || to.startsWith(`${from}/`)) return "nothing";
    for (const paths of this.#sets) {
      for (const path of [...paths]) {
        if (!`${path}/`.startsWith(`${from}/`)) continue;
        paths.delete(path);
        paths.add(to + path.slice(from.length));
      }
    }
    return this.#move(from, to);
  }

  #moveDirectoryOut(): string {
    const from = this.#leaf();
    if (from === undefined) return "nothing";
    this.#directories.delete(from);
    for (const path of this.#files) {
      if (path.startsWith(`${from}/`)) this.#files.delete(path);
    }
    return this.#move(from, `${BESIDE}/n${this.#names++}`);
  }

  #moveDirectoryIn(): string {
    const from = `${BESIDE}/n${this.#names++}`;
    const to = this.#newDirectoryPath();
    Deno.mkdirSync(this.#at(from));
    this.#directories.add(to);
    return this.#move(from, to);
  }
}

/** Returns whether `directory` is not the one that some tests exclude. */
function isShown(directory: string): boolean {
  return directory !== `${TREE}/skip`;
}
