/** One storm: writers change a tree at full speed while someone watches it. */

import type { WatchEvent } from "../../mod.ts";
import { LargeDirectory } from "../support/directory.ts";
import { overflowQueue } from "../support/flood.ts";
import { Random } from "../support/random.ts";
import { countDirectories, difference, type Entries, Model } from "./model.ts";
import { append, populate } from "./operations.ts";
import { PLAIN, type Scenario } from "./scenarios.ts";

/** Someone who watches a tree and keeps a model of it. */
export interface Subject extends AsyncDisposable {
  /** Resolves once the model has all that was done before. */
  settle(): Promise<void>;
  /** How many watches of the kernel are held, without those above the tree. */
  readonly watches: number;
}

/** How a storm goes. */
export interface Storm {
  seed: number;
  writers: number;
  /** How many operations each of them tries. */
  operations: number;
  /** Whether the watcher begins only when the writers are at work. */
  late?: boolean;
  /** Whether the kernel's queue is to overflow in the storm's midst. */
  flood?: boolean;
  /** What else there is to it. */
  scenario?: Scenario | undefined;
  /** Whether this process stands still for as long as the writers work. */
  stall?: boolean;
}

/** How a storm ended. */
export interface Outcome {
  /** What went wrong, all of it empty where all is well. */
  failures: {
    /** Paths on the disk that the model lacks. */
    missing: string[];
    /** Paths in the model that the disk lacks. */
    superfluous: string[];
    /** Events that did not fit the ones before them. */
    anomalies: string[];
    /** Files that were written to after the storm without a report. */
    unreported: string[];
    /** Events about any other path at that time. */
    misreported: string[];
  };
  /** How many files were written to after the storm. */
  probes: number;
  /** How many directories there were then. */
  directories: number;
  /** How many watches were held. */
  watches: number;
  /** How often the watcher said that the queue had overflowed. */
  overflows: number;
}

const PROBES = 50;

/** Lets a storm of `options` loose on what `start` watches. */
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
  );
  await using subject = await start(root, model);
  await (early ?? runWriters(base.path, options));
  await subject.settle();

  const disk = read(root);
  const { watches } = subject;
  const missing = difference(disk, model.entries);
  const superfluous = difference(model.entries, disk);

  const told = model.log.length;
  const probes = pickFiles(disk, options.seed);
  for (const path of probes) append(path);
  await subject.settle();
  const reported = new Set(model.log.slice(told).map(pathOf));
  return {
    failures: {
      missing,
      superfluous,
      anomalies: model.anomalies,
      unreported: [...probes.difference(reported)],
      misreported: [...reported.difference(probes)],
    },
    probes: probes.size,
    directories: countDirectories(disk),
    watches,
    overflows: model.log.filter(({ type }) => type === "overflow").length,
  };
}

/** Makes a directory with something in its `tree` and its `outside`. */
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

/** Two directories of which the writers know nothing. */
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

function pathOf(event: WatchEvent): string {
  return event.path ?? event.type;
}
