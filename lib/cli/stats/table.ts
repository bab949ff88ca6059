/** The table of `--stats`. */

import { UsageError } from "../arguments/tokens.ts";
import { COUNTED_TYPES, type CountedType } from "./counted_events.ts";

/** The counts of {@linkcode COUNTED_TYPES}, by path. */
export type Counts = ReadonlyMap<string, readonly number[]>;

/** The order of the rows. */
export interface Order {
  readonly column: CountedType | "total";
  /** Whether the least counts come first. */
  readonly isAscending: boolean;
}

/**
 * Returns the order for a value of `--sort`.
 *
 * @throws {UsageError} If it is not a column.
 */
export function parseOrder(text: string, kinds: readonly CountedType[]): Order {
  const columns = ["total", ...kinds] as const;
  const isAscending = text.startsWith("-");
  const name = text.slice(isAscending ? 1 : 0).toLowerCase();
  const column = columns.find((column) => column === name);
  if (column) return { column, isAscending };
  throw new UsageError(
    `Cannot sort by "${text}": expected one of ${columns.join(", ")}`,
    { given: name, known: columns },
  );
}

/** Returns a table with a row for each path and a column for each kind counted. */
export function statsTable(
  counts: Counts,
  { order, escape }: { order: Order; escape: (path: string) => string },
): string {
  const rows = sortedRows(counts, order);
  const columns = COUNTED_TYPES
    .map((_, i) => i)
    .filter((i) => rows.some(({ counts }) => counts[i]! > 0));
  const cells = [
    ["total", ...columns.map((i) => COUNTED_TYPES[i]!), "filename"],
    ...rows.map(({ path, total, counts }) => [
      `${total}`,
      ...columns.map((i) => `${counts[i]}`),
      escape(path),
    ]),
  ];
  const widths = [0, ...columns].map((_, i) =>
    cells.reduce((width, row) => Math.max(width, row[i]!.length), 0)
  );
  // The last column has no width.
  return cells
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "))
    .join("\n") + "\n";
}

/** Sorts the rows; rows with equal counts are in the order of their paths. */
function sortedRows(counts: Counts, { column, isAscending }: Order) {
  const sign = isAscending ? 1 : -1;
  const kind = column === "total" ? undefined : COUNTED_TYPES.indexOf(column);
  return Array.from(counts, ([path, counts]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const key = kind === undefined ? total : counts[kind]!;
    return { path, counts, total, key };
  }).sort((a, b) => sign * (a.key - b.key) || (a.path < b.path ? -1 : 1));
}
