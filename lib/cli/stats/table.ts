/** The table of `--stats`. */

import { UsageError } from "../arguments/tokens.ts";
import { COUNTED_TYPES, type CountedType } from "./counted_events.ts";

/** How often each of {@linkcode COUNTED_TYPES} happened, by path. */
export type Counts = ReadonlyMap<string, readonly number[]>;

/** The order of the rows. */
export interface Order {
  readonly column: CountedType | "total";
  /** The least first. */
  readonly isAscending: boolean;
}

/**
 * The order that `--sort` asks for.
 *
 * @throws {UsageError} If that is not counted.
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

/** A row for each path, and a column for each kind that happened at all. */
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

/** What happened equally often is in the order of the paths. */
function sortedRows(counts: Counts, { column, isAscending }: Order) {
  const sign = isAscending ? 1 : -1;
  const kind = column === "total" ? undefined : COUNTED_TYPES.indexOf(column);
  return Array.from(counts, ([path, counts]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const key = kind === undefined ? total : counts[kind]!;
    return { path, counts, total, key };
  }).sort((a, b) => sign * (a.key - b.key) || (a.path < b.path ? -1 : 1));
}
