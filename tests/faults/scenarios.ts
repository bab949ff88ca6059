/** The scenarios during which calls fail. */

import { Libc } from "../../lib/kernel/libc.ts";
import { Inotify } from "../../mod.ts";
import { overflowQueue } from "../support/flood.ts";
import type { Trial } from "./trial.ts";

/** More than the thirtieth call needs, in every scenario. */
const MANY = 40;

/** Returns the many directories of a scenario at `path`. */
export function directoriesOf(path: string): string[] {
  const parents = [path, `${path}/a`];
  return parents.flatMap((parent) => [
    parent,
    ...Array.from({ length: MANY }, (_, i) => `${parent}/${i}`),
  ]);
}

/** A scenario in two parts. */
export interface Scenario {
  /** The preparation, during which nothing fails. */
  prepare?(trial: Trial): Promise<void> | void;
  act(trial: Trial): Promise<void>;
}

export const SCENARIOS = {
  /** Opens one instance after the other; one with a watch is slow to close. */
  rounds: {
    async act(trial) {
      // Keeps the library loaded.
      using _libc = Libc.acquire();
      for (let i = 0; i < MANY; i++) {
        await trial.attempt(async () => {
          await using _inotify = new Inotify();
        });
      }
    },
  },
  /** Opens a watcher, which walks over a tree. */
  walk: {
    prepare: ({ path }) => makeMany(path),
    act: (trial) => trial.open(),
  },
  /** Makes one change after the other, and waits for each event. */
  changes: {
    prepare: (trial) => trial.open(),
    async act(trial) {
      for (let i = 0; i < MANY; i++) await change(trial, i);
    },
  },
  /** Does the same, but waits until the watcher is idle before each change. */
  pauses: {
    prepare: (trial) => trial.open(),
    async act(trial) {
      for (let i = 0; i < MANY; i++) {
        await trial.untilWaiting();
        await change(trial, i);
      }
    },
  },
  /** Moves a tree out, with all its watches. */
  leave: {
    prepare: openNested,
    async act(trial) {
      const { path } = trial;
      Deno.renameSync(`${path}/a`, `${path}.moved`);
      await trial.watcher?.sync();
      Deno.removeSync(`${path}.moved`, { recursive: true });
    },
  },
  /** Makes the kernel drop events, so that every file is checked. */
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
  /** Adds one path after the other, each with several directories above it. */
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
  await trial.untilReported(path);
}
