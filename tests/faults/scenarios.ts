/** What is done while a call fails. */

import { Libc } from "../../lib/libc.ts";
import { Inotify } from "../../mod.ts";
import { overflowQueue } from "../support/flood.ts";
import type { Session } from "./session.ts";

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
  prepare?(session: Session): Promise<void> | void;
  act(session: Session): Promise<void>;
}

export const SCENARIOS = {
  /** One instance after the other; what has a watch takes long to close. */
  rounds: {
    async act(session) {
      // Lest it be loaded each time.
      using _libc = Libc.acquire();
      for (let i = 0; i < MANY; i++) {
        await session.attempt(async () => {
          await using _inotify = new Inotify();
        });
      }
    },
  },
  /** The first walk over a tree. */
  walk: {
    prepare({ path }) {
      for (let i = 0; i < MANY; i++) Deno.mkdirSync(`${path}/${i}`);
    },
    act: (session) => session.open(),
  },
  /** One change after the other, each waited for. */
  changes: {
    prepare: (session) => session.open(),
    async act(session) {
      for (let i = 0; i < MANY; i++) {
        const path = `${session.path}/${i}`;
        Deno.mkdirSync(path);
        await session.untilTold(path);
      }
    },
  },
  /** A tree leaves, with all its watches. */
  leave: {
    async prepare(session) {
      const { path } = session;
      Deno.mkdirSync(`${path}/a`);
      for (let i = 0; i < MANY; i++) Deno.mkdirSync(`${path}/a/${i}`);
      await session.open();
    },
    async act(session) {
      const { path } = session;
      Deno.renameSync(`${path}/a`, `${path}.moved`);
      await session.watcher?.sync();
      Deno.removeSync(`${path}.moved`, { recursive: true });
    },
  },
  /** The kernel drops events, and every file is looked at. */
  overflow: {
    async prepare(session) {
      const { path } = session;
      const two = [`${path}/a`, `${path}/b`] as const;
      for (const directory of two) Deno.mkdirSync(directory);
      for (let i = 0; i < MANY; i++) Deno.writeTextFileSync(`${path}/${i}`, "");
      await session.open();
      await session.untilStale();
      overflowQueue(two);
    },
    async act(session) {
      await session.attempt(() => session.watcher?.sync());
    },
  },
  /** One path after the other, with several names on the way to each. */
  paths: {
    async prepare(session) {
      const { path } = session;
      Deno.mkdirSync(`${path}/a`);
      for (let i = 0; i < MANY; i++) Deno.mkdirSync(`${path}/a/${i}`);
      await session.open();
    },
    async act(session) {
      const { path, watcher } = session;
      for (let i = 0; i < MANY; i++) {
        await session.attempt(async () => {
          await watcher!.add(`${path}/a/${i}`);
          watcher!.remove(`${path}/a/${i}`);
        });
      }
    },
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
