import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/arguments/tokens.ts";
import { COUNTED_TYPES } from "../../../lib/cli/stats/counted_events.ts";
import { parseOrder, statsTable } from "../../../lib/cli/stats/table.ts";

const COUNTS = new Map([
  ["b c", counts({ modify: 2, create: 1 })],
  ["long", counts({ modify: 1234567 })],
  ["a", counts({ modify: 3 })],
]);

function counts(
  of: Partial<Record<typeof COUNTED_TYPES[number], number>>,
): number[] {
  return COUNTED_TYPES.map((kind) => of[kind] ?? 0);
}

function pathsBy(sort: string): string[] {
  const order = parseOrder(sort, COUNTED_TYPES);
  const text = statsTable(COUNTS, { order, escape: (path) => path });
  return text.trimEnd().split("\n").slice(1)
    .map((line) => line.replace(/^(\d+ +)+/, ""));
}

Deno.test("`statsTable()` has a column for each kind with a count", () => {
  assertEquals(
    statsTable(COUNTS, {
      order: { column: "total", isAscending: false },
      escape: (path) => path.replace(" ", "_"),
    }),
    [
      "total    modify   create  filename",
      "1234567  1234567  0       long",
      "3        3        0       a",
      "3        2        1       b_c",
      "",
    ].join("\n"),
  );
});

const ORDERS: [sort: string, paths: string[]][] = [
  ["total", ["long", "a", "b c"]],
  ["-total", ["a", "b c", "long"]],
  ["modify", ["long", "a", "b c"]],
  ["-Modify", ["b c", "a", "long"]],
  ["create", ["b c", "a", "long"]],
  ["open", ["a", "b c", "long"]],
];

for (const [sort, paths] of ORDERS) {
  Deno.test(`\`statsTable()\` sorts by ${sort}, then by path`, () => {
    assertEquals(pathsBy(sort), paths);
  });
}

Deno.test("`parseOrder()` rejects a kind that is not counted", () => {
  for (const name of ["move", "", "-", "--total", "create"]) {
    assertThrows(
      () => parseOrder(name, ["open", "access"]),
      UsageError,
      `Cannot sort by "${name}": expected one of total, open, access`,
    );
  }
});
