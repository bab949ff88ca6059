/**
 * A storm on the names above a given path. After each round, the model of the
 * consumer is compared with the disk, and files are created in every directory.
 * In a process of its own:
 *
 *     deno run -A path_storm.ts '{"seed": 1, "rounds": 12, "operations": 20}'
 */

import { watch, type WatchEvent } from "../../mod.ts";
import { turn } from "../support/until.ts";
import { difference, type Entries, Model } from "./model.ts";
import { type Order, prepare, SPARES } from "./path_writer.ts";

/** Options of a storm on a path. */
export interface PathStorm {
  seed: number;
  rounds: number;
  /** How many operations are tried in each round. */
  operations: number;
  recursive?: boolean;
  /** The name of the given file; if it is missing, the directory is given. */
  file?: string;
  /** Whether file systems are mounted. */
  mounts?: boolean;
}

/** The errors of each round; empty if there were none. */
export interface PathOutcome {
  failures: string[];
  /** After how many rounds the path existed. */
  present: number;
  /** How many files were created below the path, and elsewhere. */
  probes: [below: number, elsewhere: number];
}

/** Runs a storm on the path `base/a/b/root`. */
export async function pathStorm(
  { seed, rounds, operations, file, mounts = false, recursive = false }:
    PathStorm,
): Promise<PathOutcome> {
  const base = Deno.realPathSync(Deno.makeTempDirSync());
  prepare(base);
  const directory = `${base}/a/b/root`;
  const root = file === undefined ? directory : `${directory}/${file}`;
  const parent = root.slice(0, root.lastIndexOf("/"));
  const read = () => readPath(root, recursive).set(parent, true);
  const model = new Model(read());
  const watcher = await watch(root, { missing: "wait", recursive });
  const consuming = (async () => {
    for await (const event of watcher) apply(model, event);
  })();
  const settle = async () => {
    await watcher.sync();
    await turn();
  };
  using writer = new Writer();
  const outcome: PathOutcome = { failures: [], present: 0, probes: [0, 0] };
  try {
    for (let round = 0; round < rounds; round++) {
      await writer.perform({
        base,
        seed: seed * 1000 + round,
        operations,
        mounts,
      });
      await settle();
      const fail = (...wrongs: string[]) =>
        outcome.failures.push(
          ...wrongs.map((text) => `seed ${seed}, round ${round}: ${text}`),
        );
      const disk = read();
      fail(...difference(disk, model.entries).map((path) => `misses ${path}`));
      fail(...difference(model.entries, disk).map((path) => `has ${path}`));
      fail(...model.anomalies.splice(0));
      if (disk.has(root)) outcome.present++;

      const loggedBefore = model.log.length;
      const [below, elsewhere] = probe(base, root, recursive, round);
      await settle();
      const reported = new Set(
        model.log.slice(loggedBefore).map((event) =>
          "path" in event && event.path
        ),
      );
      for (const path of below) {
        if (!reported.has(path)) fail(`does not report ${path}`);
      }
      for (const path of reported) {
        if (!below.has(`${path}`)) fail(`reports ${path}`);
      }
      outcome.probes[0] += below.size;
      outcome.probes[1] += elsewhere;
    }
  } finally {
    await watcher.close();
    await consuming;
    // The end of the namespace removes its mounts.
    if (!mounts) Deno.removeSync(base, { recursive: true });
  }
  return outcome;
}

/** Applies an event to the model, which does not know the events of a root itself. */
function apply(model: Model, event: WatchEvent): void {
  model.apply(event);
  const isGone = event.type === "delete_self" || event.type === "move_self";
  if (isGone && model.take(event.path).size !== 1) {
    model.anomalies.push(`${event.type} of what was not empty, or not there`);
  }
}

/** Writes on another thread, so that the watcher runs meanwhile. */
class Writer implements Disposable {
  readonly #url = URL.createObjectURL(
    new Blob([
      `import { perform } from "${import.meta.resolve("./path_writer.ts")}";
       self.onmessage = ({ data }) => self.postMessage(perform(data));
       self.postMessage("ready");`,
    ], { type: "text/javascript" }),
  );
  readonly #worker = new Worker(this.#url, { type: "module" });
  readonly #ready = this.#answer();

  async perform(order: Order): Promise<void> {
    await this.#ready;
    this.#worker.postMessage(order);
    await this.#answer();
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = resolve;
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
    URL.revokeObjectURL(this.#url);
  }
}

/** Returns the entries at and below `path`. */
function readPath(path: string, recursive: boolean): Entries {
  const entries: Entries = new Map();
  let isDirectory: boolean;
  try {
    ({ isDirectory } = Deno.statSync(path));
  } catch {
    return entries;
  }
  entries.set(path, isDirectory);
  if (!isDirectory) return entries;
  for (const entry of Deno.readDirSync(path)) {
    const below = `${path}/${entry.name}`;
    if (recursive && entry.isDirectory) {
      for (const [at, kind] of readPath(below, true)) entries.set(at, kind);
    } else entries.set(below, entry.isDirectory);
  }
  return entries;
}

/** Creates a file in every directory, and returns those to report. */
function probe(
  base: string,
  root: string,
  recursive: boolean,
  round: number,
): [below: Set<string>, elsewhere: number] {
  const below = new Set<string>();
  for (const [path, isDirectory] of readPath(root, recursive)) {
    if (path === root && !isDirectory) {
      Deno.writeTextFileSync(path, "more", { append: true });
      below.add(path);
    }
    if (!isDirectory || path !== root && !recursive) continue;
    const file = `${path}/probe-${round}`;
    // A directory that is deleted may still be mounted elsewhere.
    if (!tryToWrite(file)) continue;
    below.add(file);
    for (const name of namesOf(file, root, recursive)) below.add(name);
  }
  let elsewhere = 0;
  for (const name of [...SPARES, "a", "a/b"]) {
    for (const path of readPath(`${base}/${name}`, true).keys()) {
      const file = `${path}/elsewhere-${round}`;
      if (!tryToWrite(file)) continue;
      const others = namesOf(file, root, recursive);
      if (others.length === 0) elsewhere++;
      for (const each of others) below.add(each);
    }
  }
  return [below, elsewhere];
}

function tryToWrite(file: string): boolean {
  try {
    Deno.writeTextFileSync(file, "");
    return true;
  } catch {
    return false;
  }
}

/** Returns the paths of the file below `root`: bind mounts can give it several. */
function namesOf(file: string, root: string, recursive: boolean): string[] {
  const { dev, ino } = Deno.statSync(file);
  return [...readPath(root, recursive)].flatMap(([path, isDirectory]) => {
    if (isDirectory) return [];
    try {
      const status = Deno.lstatSync(path);
      return status.dev === dev && status.ino === ino ? [path] : [];
    } catch {
      return [];
    }
  });
}

if (import.meta.main) {
  console.log(JSON.stringify(await pathStorm(JSON.parse(Deno.args[0]!))));
}
