/** Runs a watcher during a burst of changes, and measures its cost. */

import { Child, type Outcome } from "./child.ts";
import { makeDirectories, makeFiles, Scratch } from "./scratch.ts";

export const FILES = 20_000;

/** The events of each file: it is created, opened, written and closed. */
export const EVENTS = 4 * FILES;

/**
 * Files per millisecond, about the speed of a disk. The speed of a real disk
 * varies from round to round, and in a longer burst watchers wake more often.
 */
export const RATE = 16;

/** A program that watches the directory `root`, and may write to `file`. */
export type Command = (root: string, file: string) => readonly string[];

/** The result of a program after a burst. */
export interface BurstOutcome extends Outcome {
  /** The lines that it wrote to its file. */
  lines: readonly string[];
}

/** Creates files in 10 directories for a program, `rate` per millisecond. */
export async function giveBurst(
  command: Command,
  { files = FILES, rate = RATE } = {},
): Promise<BurstOutcome> {
  using scratch = new Scratch({ inMemory: true });
  using output = new Scratch({ inMemory: true });
  const directories = makeDirectories(scratch.path, 10);
  const file = `${output.path}/lines`;
  Deno.writeTextFileSync(file, "");
  await using child = await Child.start(command(scratch.path, file));
  await child.settled();
  makeFiles(directories, files, rate);
  await child.settled();
  const outcome = await child.stop();
  const lines = Deno.readTextFileSync(file).trimEnd().split("\n");
  return { ...outcome, lines };
}
