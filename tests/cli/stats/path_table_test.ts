import { assertEquals } from "@std/assert";
import { OTHERS, PathTable } from "../../../lib/cli/stats/path_table.ts";

function makeTable(maxPaths?: number): PathTable<{ count: number }> {
  return new PathTable({
    create: () => ({ count: 0 }),
    total: ({ count }) => count,
    add: (sum, { count }) => sum.count += count,
  }, maxPaths);
}

Deno.test("`PathTable` keeps the paths with the most events, and the sum of the others", () => {
  const table = makeTable(4);
  const paths = ["a", "b", "b", "c", "d", "d", "e", "b", "f", "g", "h"];
  for (const path of paths) table.get(path).count++;
  const counts = Array.from(
    table.entries,
    ([path, { count }]) => [path, count],
  );
  assertEquals(counts, [["b", 3], [OTHERS, 7], ["h", 1]]);
  assertEquals(table.pathCount, 8);
});

Deno.test("`PathTable` counts each event once, however many paths there are", () => {
  const table = makeTable();
  const count = 250_000;
  for (let i = 0; i < count; i++) table.get(`${i}`).count++;
  const sum = table.entries.values().reduce((sum, { count }) => sum + count, 0);
  assertEquals(sum, count);
  assertEquals(table.entries.size <= 100_000, true);
});

Deno.test("`PathTable` keeps few long paths", () => {
  const table = makeTable();
  for (let i = 0; i < 1000; i++) table.get(`${i}`.padEnd(60_000, "-")).count++;
  const length = table.entries.keys().reduce(
    (sum, { length }) => sum + length,
    0,
  );
  assertEquals(length <= 16 * 1024 * 1024, true);
  assertEquals(table.pathCount, 1000);
});
