/** A row of the table: something that is measured, and what came out. */

import type { Watcher } from "./watchers.ts";

/** What every row is given. */
export interface Conditions {
  /** How often each subject has its turn; rows that need more multiply it. */
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

/** One subject's result. */
export interface Line {
  subject: string;
  /** The median of what was measured. */
  value: number;
  unit: string;
  /** What was measured, in the order of the rounds. */
  values: readonly number[];
  /**
   * How many times the subject's value ours is, as the median of the rounds; of
   * a subject without a limit, that had but one, ours is the median.
   */
  ratio?: number;
  /** What the ratio, or the value where there is none, may be at most. */
  limit?: number;
}

/** Thrown where a row cannot be measured here. */
export class Skipped extends Error {}

/** Whether a line is within its limit; nothing where it has none. */
export function passes({ value, ratio, limit }: Line): boolean | undefined {
  return limit === undefined ? undefined : (ratio ?? value) <= limit;
}
