import { assertEquals } from "@std/assert";
import type { WatchEvent } from "../../../mod.ts";
import { EVENTS } from "../../../lib/cli/arguments/event_names.ts";
import {
  COUNTED_TYPES,
  countedEvents,
  countedKinds,
} from "../../../lib/cli/stats/counted_events.ts";

function kindsOf(...names: string[]): string[] {
  return countedKinds(
    EVENTS.filter(({ name }) => names.includes(name))
      .flatMap(({ types }) => types),
  );
}

Deno.test("`countedKinds()` has the requested kinds, and those that are always reported", () => {
  assertEquals(kindsOf("all"), COUNTED_TYPES.slice());
  assertEquals(kindsOf("create", "close"), [
    "close_write",
    "close_nowrite",
    "create",
    "unmount",
  ]);
  assertEquals(kindsOf("moved_to"), ["moved_to", "unmount"]);
});

Deno.test("`countedEvents()` counts a move for both of its paths", () => {
  const event = { type: "move", from: "a", path: "b", isDirectory: false };
  assertEquals(countedEvents(event as WatchEvent), [
    { type: "moved_from", path: "a" },
    { type: "moved_to", path: "b" },
  ]);
});
