/** Prints results as text. */

import { format as formatBytes } from "@std/fmt/bytes";
import { type Line, passes } from "./row.ts";

/** Returns the lines of a row, in columns. */
export function formatLines(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.subject,
    formatValue(line),
    line.ratio === undefined ? "" : `${line.ratio.toFixed(2)} x`,
    ...target(line),
  ]);
  return formatColumns(rows, ["left", "right", "right", "left", "left"]);
}

/** Returns cells as text; each column is as wide as its widest cell. */
export function formatColumns(
  rows: readonly (readonly string[])[],
  sides: readonly ("left" | "right")[],
): string {
  const widths = sides.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      sides[column] === "left"
        ? cell.padEnd(widths[column]!)
        : cell.padStart(widths[column]!)
    );
    return `  ${cells.join("   ").trimEnd()}\n`;
  }).join("");
}

function formatValue({ value, unit }: Line): string {
  if (unit === "bytes") return formatBytes(value, { maximumFractionDigits: 1 });
  return `${formatNumber(value)} ${unit}`.trimEnd();
}

/** Returns a number with three significant digits and a thousands separator. */
export function formatNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString("en");
}

function target(line: Line): [limit: string, verdict: string] {
  const isMet = passes(line);
  if (isMet === undefined) {
    return [line.ratio === undefined ? "" : "measured once", ""];
  }
  const unit = line.ratio === undefined ? line.unit : "x";
  return [`at most ${line.limit} ${unit}`.trimEnd(), isMet ? "PASS" : "FAIL"];
}
