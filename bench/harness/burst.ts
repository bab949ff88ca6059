/** The burst that watchers are given, and what it costs them. */

import { Child, type Outcome } from "./child.ts";
import { makeDirectories, makeFiles, Scratch } from "./scratch.ts";

export const FILES = 20_000;

/** What becomes of each file: it is created, opened, written and closed. */
export const EVENTS = 4 * FILES;

/**
 * Files in a millisecond, about what a disk takes. One that is real takes more
 * in one round than in the next, and the longer a burst lasts, the more often
 * those who watch it are woken.
 */
export const RATE = 16;

/** A program that watches the directory `root`, and may write to `file`. */
export type Command = (root: string, file: string) => readonly string[];

/** What became of a program that was given a burst. */
export interface BurstOutcome extends Outcome {
  /** The lines that it wrote to its file. */
  lines: readonly string[];
}

/** Gives a program new files in 10 directories, `rate` in a millisecond. */
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
