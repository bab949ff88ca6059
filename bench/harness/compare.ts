/** Compares this library with other watchers, in alternation. */

import type { Line } from "./row.ts";
import { median } from "./statistics.ts";

/** The watchers to compare. */
export interface Comparison {
  rounds: number;
  unit: string;
  /** Functions that measure each watcher once; the first one is of this library. */
  subjects: Readonly<Record<string, () => Promise<number>>>;
  /** The limits on the ratio of this library's value to that of another watcher. */
  limits: Readonly<Record<string, number>>;
}

/**
 * Measures all watchers in alternation, several times, so that other work on the
 * machine affects all of them. A watcher without a limit is measured once.
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

/** Returns the line of a watcher that is compared only with a limit. */
export function lineOf(
  subject: string,
  values: readonly number[],
  { unit, limit }: { unit: string; limit?: number },
): Line {
  const value = median(values);
  return { subject, value, unit, values, ...limit !== undefined && { limit } };
}
