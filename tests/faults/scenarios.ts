/** What is done while a call fails. */

import { Libc } from "../../lib/kernel/libc.ts";
import { Inotify } from "../../mod.ts";
import { overflowQueue } from "../support/flood.ts";
import type { Trial } from "./trial.ts";

/** More than the hundredth call needs, whatever comes before. */
const MANY = 120;

/** The directories of which there are many, of every scenario below `path`. */
export function directoriesOf(path: string): string[] {
  const parents = [path, `${path}/a`];
  return parents.flatMap((parent) => [
    parent,
    ...Array.from({ length: MANY }, (_, i) => `${parent}/${i}`),
  ]);
}

/** What is done, in two parts. */
export interface Scenario {
  /** What comes before; nothing fails yet. */
  prepare?(trial: Trial): Promise<void> | void;
  act(trial: Trial): Promise<void>;
}

export const SCENARIOS = {
  /** One instance after the other; what has a watch takes long to close. */
  rounds: {
    async act(trial) {
      // Lest it be loaded each time.
      using _libc = Libc.acquire();
      for (let i = 0; i < MANY; i++) {
        await trial.attempt(async () => {
          await using _inotify = new Inotify();
        });
      }
    },
  },
  /** The first walk over a tree. */
  walk: {
    prepare: ({ path }) => makeMany(path),
    act: (trial) => trial.open(),
  },
  /** One change after the other, each waited for. */
  changes: {
    prepare: (trial) => trial.open(),
    async act(trial) {
      for (let i = 0; i < MANY; i++) await change(trial, i);
    },
  },
  /** The same, but the watcher has always come to rest before. */
  pauses: {
    prepare: (trial) => trial.open(),
    async act(trial) {
      for (let i = 0; i < MANY; i++) {
        await trial.untilWaiting();
        await change(trial, i);
      }
    },
  },
  /** A tree leaves, with all its watches. */
  leave: {
    prepare: openNested,
    async act(trial) {
      const { path } = trial;
      Deno.renameSync(`${path}/a`, `${path}.moved`);
      await trial.watcher?.sync();
      Deno.removeSync(`${path}.moved`, { recursive: true });
    },
  },
  /** The kernel drops events, and every file is looked at. */
  overflow: {
    async prepare(trial) {
      const { path } = trial;
      const two = [`${path}/a`, `${path}/b`] as const;
      for (const directory of two) Deno.mkdirSync(directory);
      for (let i = 0; i < MANY; i++) Deno.writeTextFileSync(`${path}/${i}`, "");
      await trial.open();
      await trial.untilStale();
      overflowQueue(two);
    },
    async act(trial) {
      await trial.attempt(() => trial.watcher?.sync());
    },
  },
  /** One path after the other, with several names on the way to each. */
  paths: {
    prepare: openNested,
    async act(trial) {
      const { path, watcher } = trial;
      for (let i = 0; i < MANY; i++) {
        await trial.attempt(async () => {
          await watcher!.add(`${path}/a/${i}`);
          watcher!.remove(`${path}/a/${i}`);
        });
      }
    },
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

function makeMany(path: string): void {
  for (let i = 0; i < MANY; i++) Deno.mkdirSync(`${path}/${i}`);
}

async function openNested(trial: Trial): Promise<void> {
  const path = `${trial.path}/a`;
  Deno.mkdirSync(path);
  makeMany(path);
  await trial.open();
}

async function change(trial: Trial, i: number): Promise<void> {
  const path = `${trial.path}/${i}`;
  Deno.mkdirSync(path);
  await trial.untilTold(path);
}
