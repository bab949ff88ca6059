import { assertEquals } from "@std/assert";
import type { WatchEvent } from "../../../mod.ts";
import { EVENTS } from "../../../lib/cli/arguments/event_names.ts";
import {
  countedKinds,
  KINDS,
  occurrences,
} from "../../../lib/cli/stats/counted_events.ts";

function kindsOf(...names: string[]): string[] {
  return countedKinds(
    EVENTS.filter(({ name }) => names.includes(name))
      .flatMap(({ types }) => types),
  );
}

Deno.test("`countedKinds()` has what was asked for, and what always comes", () => {
  assertEquals(kindsOf("all"), KINDS.slice());
  assertEquals(kindsOf("create", "close"), [
    "close_write",
    "close_nowrite",
    "create",
    "unmount",
  ]);
  assertEquals(kindsOf("moved_to"), ["moved_to", "unmount"]);
});

Deno.test("`occurrences()` counts a move for both of its paths", () => {
  const event = { type: "move", from: "a", path: "b", isDirectory: false };
  assertEquals(occurrences(event as WatchEvent), [
    { kind: "moved_from", path: "a" },
    { kind: "moved_to", path: "b" },
  ]);
});
