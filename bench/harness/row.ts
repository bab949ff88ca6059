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
   * The ratio of this library's value to that of the subject: the median over the
   * rounds. If the subject was measured once, the ratio of the median to this value.
   */
  ratio?: number;
  /** The limit on the ratio, or on the value if there is no ratio. */
  limit?: number;
}

/** Thrown if a row cannot be measured on this machine. */
export class Skipped extends Error {}

/** Returns whether a line is within its limit; undefined if it has none. */
export function passes({ value, ratio, limit }: Line): boolean | undefined {
  return limit === undefined ? undefined : (ratio ?? value) <= limit;
}
