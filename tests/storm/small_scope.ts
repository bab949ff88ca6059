/**
 * A case of the small scope: a tiny tree and a few operations, all of them done
 * before the watcher reads anything.
 *
 * A case is text, so that a failure prints the text that repeats it: the entries at
 * the start, directories with a slash, and the operations. `r` is watched, `o` is
 * beside it and not watched. The operation `sync` makes the watcher read.
 */

import { watch, type WatchEvent } from "../../mod.ts";
import { describe } from "../support/observation.ts";
import { countAbove } from "../support/process.ts";
import { exchange } from "../support/system.ts";
import { turn } from "../support/until.ts";
import { countDirectories, difference, Model, readTree } from "./model.ts";

/** The entries at the start, and the operations. */
export interface Case {
  readonly start: readonly string[];
  readonly operations: readonly string[];
}

/** The functions of {@linkcode Case.operations}. */
const OPERATIONS: Record<string, (a: string, b: string) => void> = {
  create: (path) =>
    Deno.openSync(path, { write: true, createNew: true }).close(),
  mkdir: (path) => Deno.mkdirSync(path),
  rm: (path) => Deno.removeSync(path, { recursive: true }),
  mv: (from, to) => Deno.renameSync(from, to),
  xchg: exchange,
  link: (from, to) => Deno.linkSync(from, to),
  // Links to something else, in one step, as `ln -sfn` does.
  flip: (path) => {
    Deno.symlinkSync("elsewhere", `${path}.new`);
    Deno.renameSync(`${path}.new`, path);
  },
};

/** Runs cases, several at once, each in a directory of its own. */
export class Runner implements Disposable {
  readonly #base: string;
  #count = 0;

  constructor() {
    this.#base = Deno.makeTempDirSync({ dir: "/dev/shm", prefix: "inotify-" });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#base, { recursive: true });
  }

  /** Returns what is wrong after `given`; nothing if all is right. */
  async run({ start, operations }: Case): Promise<string[]> {
    const base = `${this.#base}/${this.#count++}`;
    const root = `${base}/r`;
    for (const path of ["r/", "o/", ...start]) make(`${base}/${path}`);
    const model = new Model(readTree(root));
    const watcher = await watch(root, { recursive: true });
    const failures: string[] = [];
    const events: WatchEvent[] = [];
    const reading = (async () => {
      for await (const event of watcher) events.push(event);
    })();
    const take = async () => {
      await watcher.sync();
      await turn();
      return events.splice(0);
    };
    const check = async (isEnd = false) => {
      const applied = await take();
      for (const event of applied) {
        model.apply(event);
        if (event.type === "unwatched") model.anomalies.push("unwatched");
      }
      const disk = readTree(root);
      const problems = [
        ...model.anomalies.splice(0),
        ...difference(disk, model.entries).map((path) => `missing ${path}`),
        ...difference(model.entries, disk).map((path) => `superfluous ${path}`),
      ];
      if (isEnd) problems.push(...await probe(disk));
      if (problems.length === 0) return;
      const observed = describe(applied, base).map((line) =>
        `  observed: ${line}`
      );
      failures.push(
        ...problems.map((each) => each.replaceAll(base, "")),
        ...observed,
      );
    };
    /** Returns whether exactly the directories are followed. */
    const probe = async (disk: ReadonlyMap<string, boolean>) => {
      const directories = [...disk.keys()].filter((path) => disk.get(path));
      for (const path of directories) Deno.mkdirSync(`${path}/probe`);
      const outside = readTree(`${base}/o`);
      for (const [path, isDirectory] of outside) {
        if (isDirectory) Deno.mkdirSync(`${path}/probe`);
      }
      const expected = directories.map((path) =>
        `create ${path.slice(base.length + 1)}/probe/`
      );
      const observed = describe(await take(), base);
      const watchCount = watcher.watchCount - countAbove(root);
      return [
        ...new Set(expected).difference(new Set(observed)).values()
          .map((line) => `not followed: ${line}`),
        ...new Set(observed).difference(new Set(expected)).values()
          .map((line) => `reported what is not there: ${line}`),
        ...watchCount === 2 * directories.length
          ? []
          : [`${watchCount} watches for ${countDirectories(new Map(disk))}`],
      ];
    };
    try {
      for (const operation of operations) {
        if (operation === "sync") await check();
        else perform(operation, base);
      }
      await check(true);
    } finally {
      await watcher.close();
      await reading;
      Deno.removeSync(base, { recursive: true });
    }
    return failures;
  }

  /** Returns the smallest part of `given` that still fails. */
  async shrink(given: Case): Promise<Case> {
    for (const field of ["operations", "start"] as const) {
      for (let i = given[field].length - 1; i >= 0; i--) {
        const less = { ...given, [field]: given[field].toSpliced(i, 1) };
        if ((await this.run(less)).length > 0) given = less;
      }
    }
    return given;
  }
}

/** Does `operation`, if it is possible. */
function perform(operation: string, base: string): void {
  const [kind = "", a, b] = operation.split(" ");
  try {
    OPERATIONS[kind]!(`${base}/${a}`, `${base}/${b}`);
  } catch (error) {
    // Errors of the system have a code, bugs do not.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

function make(path: string): void {
  if (path.endsWith("/")) Deno.mkdirSync(path, { recursive: true });
  else {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, "");
  }
}
