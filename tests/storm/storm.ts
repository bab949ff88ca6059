/** A storm: writers change a tree at full speed while it is watched. */

import type { WatchEvent } from "../../mod.ts";
import { LargeDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Random } from "../support/random.ts";
import { countDirectories, difference, type Entries, Model } from "./model.ts";
import { append, populate } from "./operations.ts";
import { LINKS, PLAIN, type Scenario } from "./scenarios.ts";

/** A watcher of a tree, and the model made from its events. */
export interface Subject extends AsyncDisposable {
  /** Resolves when the model has all earlier changes. */
  settle(): Promise<void>;
  /** How many kernel watches there are, without those above the tree. */
  readonly watches: number;
}

/** Options of a storm. */
export interface Storm {
  seed: number;
  writers: number;
  /** How many operations each writer tries. */
  operations: number;
  /** Whether the watcher starts only after the writers. */
  late?: boolean;
  /** Whether to make the kernel's queue overflow during the storm. */
  flood?: boolean;
  /** The scenario of the storm. */
  scenario?: Scenario | undefined;
  /** Whether this process stops until the writers have ended. */
  stall?: boolean;
}

/** The result of a storm. */
export interface Outcome {
  /** The errors. All lists are empty if there were none. */
  failures: {
    /** The paths on disk that the model lacks. */
    missing: string[];
    /** The paths in the model that the disk lacks. */
    superfluous: string[];
    /** The events that contradict earlier events. */
    anomalies: string[];
    /** The files that were written after the storm, but not reported. */
    unreported: string[];
    /** The events of other paths at that time. */
    misreported: string[];
  };
  /** How many files were written after the storm. */
  probes: number;
  /** How many directories there were after the storm. */
  directories: number;
  /** How many watches there were. */
  watches: number;
  /** How many overflows the watcher reported. */
  overflows: number;
}

const PROBES = 50;

/** Runs a storm on a tree that `start` watches. */
export async function storm(
  start: (root: string, model: Model) => Promise<Subject>,
  options: Storm,
): Promise<Outcome> {
  using base = makeBase();
  const root = `${base.path}/tree`;
  const { prepare, read } = options.scenario ?? PLAIN;
  prepare(root);
  const early = options.late ? runWriters(base.path, options) : undefined;
  const model = new Model(
    options.late ? new Map([[root, true]]) : read(root),
    options.scenario === LINKS,
  );
  await using subject = await start(root, model);
  await (early ?? runWriters(base.path, options));
  await subject.settle();

  const disk = read(root);
  const { watches } = subject;
  const missing = difference(disk, model.entries);
  const superfluous = difference(model.entries, disk);

  const loggedBefore = model.log.length;
  const probes = pickFiles(disk, options.seed);
  for (const path of probes) append(path);
  await subject.settle();
  const reported = new Set(model.log.slice(loggedBefore).map(pathOf));
  // By the names of the same files below links.
  const aliases = new Set(
    options.scenario === LINKS ? [...probes].map(inodeOf) : [],
  );
  return {
    failures: {
      missing,
      superfluous,
      anomalies: model.anomalies,
      unreported: [...probes.difference(reported)],
      misreported: [...reported.difference(probes)].filter((path) =>
        !aliases.has(inodeOf(path))
      ),
    },
    probes: probes.size,
    directories: countDirectories(disk),
    watches,
    overflows: model.log.filter(({ type }) => type === "overflow").length,
  };
}

/** Creates a directory with entries in `tree` and `outside`. */
export function makeBase(): LargeDirectory {
  const base = new LargeDirectory();
  populate(base.path);
  return base;
}

async function runWriters(base: string, storm: Storm): Promise<void> {
  const { seed, writers, operations, flood, stall } = storm;
  const commands = Array.from(
    { length: writers },
    (_, i) =>
      writerCommand(base, [
        `${seed * 10 + i}`,
        `${operations}`,
        (storm.scenario ?? PLAIN).flag,
      ]),
  );
  const stalling = stall ? commands.pop() : undefined;
  const running = commands.map((command) => command.spawn());
  if (flood) overflowQueue(makePair(`${base}/tree`));
  const outputs = [
    ...stalling ? [stalling.outputSync()] : [],
    ...await Promise.all(running.map((child) => child.status)),
  ];
  if (outputs.some(({ success }) => !success)) {
    throw new Error("A writer failed");
  }
}

function writerCommand(base: string, args: string[]): Deno.Command {
  const generator = new URL("./generator.ts", import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", generator, base, ...args],
    stdin: "null",
  });
}

/** Two directories that the writers do not use. */
function makePair(root: string): [string, string] {
  const pair: [string, string] = [`${root}/.1`, `${root}/.2`];
  for (const path of pair) Deno.mkdirSync(path);
  return pair;
}

function pickFiles(disk: Entries, seed: number): Set<string> {
  const random = new Random(seed);
  const files = [...disk.keys()].filter((path) =>
    Deno.lstatSync(path).isFile && !path.endsWith("/.gitignore")
  );
  const picked = new Set<string>();
  while (picked.size < Math.min(PROBES, files.length)) {
    picked.add(random.oneOf(files));
  }
  return picked;
}

/** Returns which file is at `path`; its path if there is none. */
function inodeOf(path: string): string {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev} ${ino}`;
  } catch {
    return path;
  }
}

function pathOf(event: WatchEvent): string {
  return event.path ?? event.type;
}
