import { assertEquals } from "@std/assert";
import { IN, parseMask } from "../../../mod.ts";
import {
  DEFAULT_EVENTS,
  type EventKind,
  EVENTS,
  parseEvents,
} from "../../../lib/cli/arguments/event_names.ts";

/** Names, and the kinds that they select in alphabetical order. */
const ROWS: [lists: string[], types: string, mask: number][] = [
  [["create"], "create", IN.CREATE],
  [["create,delete"], "create delete", IN.CREATE | IN.DELETE],
  [["OPEN", "access"], "access open", IN.OPEN | IN.ACCESS],
  [["close"], "close_nowrite close_write", IN.CLOSE],
  [["moved_from"], "move moved_from", IN.MOVED_FROM],
  [["moved_to"], "move moved_to", IN.MOVED_TO],
  [["move"], "move moved_from moved_to", IN.MOVE],
  [
    ["all"],
    "access attrib close_nowrite close_write create delete delete_self " +
    "modify move move_self moved_from moved_to open unmount",
    IN.ALL_EVENTS,
  ],
];

for (const [lists, types, mask] of ROWS) {
  Deno.test(`\`parseEvents()\` accepts ${lists.join(" and ")}`, () => {
    const kinds = parseEvents(lists);
    assertEquals(typesOf(kinds), types);
    assertEquals(kinds.reduce((mask, kind) => mask | kind.mask, 0), mask);
  });
}

Deno.test("`EVENTS` has the bits of each of its types", () => {
  for (const { name, types, mask } of EVENTS) {
    if (name === "all" || name === "content") continue;
    const names = types.filter((type) => type !== "move");
    assertEquals(
      parseMask(names.map((name) => `IN_${name.toUpperCase()}`)),
      mask,
    );
  }
});

Deno.test("`DEFAULT_EVENTS` leaves out events about reading", () => {
  assertEquals(
    typesOf(DEFAULT_EVENTS),
    "attrib close_write create delete delete_self modify move move_self " +
      "moved_from moved_to unmount",
  );
});

function typesOf(kinds: readonly EventKind[]): string {
  const types = new Set(kinds.flatMap(({ types }) => types));
  return [...types].sort().join(" ");
}
