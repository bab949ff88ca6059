/** A row of the table: a measurement and its results. */

import type { Watcher } from "./watchers.ts";

/** The arguments of every row. */
export interface Conditions {
  /** How often to measure each watcher; rows that need more multiply it. */
  rounds: number;
  /** The watchers that are installed. */
  watchers: readonly Watcher[];
}

/** A row of the table. */
export interface Row {
  name: string;
  /** What is measured. */
  title: string;
  measure(conditions: Conditions): Promise<Line[]>;
}

/** The result of one watcher. */
export interface Line {
  subject: string;
  /** The median of the measurements. */
  value: number;
  unit: string;
  /** The measurements, in the order of the rounds. */
  values: readonly number[];
  /**
   * How many times the subject's value ours is, as the median of the rounds; of
   * a subject without a limit, that had but one, ours is the median.
   */
  ratio?: number;
  /** What the ratio, or the value where there is none, may be at most. */
  limit?: number;
}

/** Thrown if a row cannot be measured on this machine. */
export class Skipped extends Error {}

/** Returns whether a line is within its limit; undefined if it has none. */
export function passes({ value, ratio, limit }: Line): boolean | undefined {
  return limit === undefined ? undefined : (ratio ?? value) <= limit;
}
