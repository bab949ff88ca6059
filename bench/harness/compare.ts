/** Ours against the others, in turn. */

import type { Line } from "./row.ts";
import { median } from "./statistics.ts";

/** What is compared. */
export interface Comparison {
  rounds: number;
  unit: string;
  /** How to measure each subject once; the first one is ours. */
  subjects: Readonly<Record<string, () => Promise<number>>>;
  /** How many times as much as a subject ours may take. */
  limits: Readonly<Record<string, number>>;
}

/**
 * Gives all subjects their turn, again and again, so that whatever else the
 * machine does meets all of them. One that no limit speaks of has a single turn.
 */
export async function compare(
  { rounds, unit, subjects, limits }: Comparison,
): Promise<Line[]> {
  const [ours] = Object.keys(subjects);
  const values = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [subject, measure] of Object.entries(subjects)) {
      const isWanted = subject === ours || subject in limits || round === 0;
      if (!isWanted) continue;
      const soFar = values.get(subject) ?? [];
      values.set(subject, [...soFar, await measure()]);
    }
  }
  const own = values.get(ours!)!;
  return values.entries().map(([subject, values]) => {
    const line = lineOf(subject, values, { unit });
    if (subject === ours) return line;
    const limit = limits[subject];
    if (limit === undefined) {
      return { ...line, ratio: median(own) / line.value };
    }
    const ratio = median(values.map((value, round) => own[round]! / value));
    return { ...line, ratio, limit };
  }).toArray();
}

/** The line of a subject that is compared to nothing but a limit. */
export function lineOf(
  subject: string,
  values: readonly number[],
  { unit, limit }: { unit: string; limit?: number },
): Line {
  const value = median(values);
  return { subject, value, unit, values, ...limit !== undefined && { limit } };
}
