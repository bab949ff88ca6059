import { assertEquals } from "@std/assert";
import { IN, Inotify, type InotifyEvent } from "../../mod.ts";
import { WatchedPaths } from "../../lib/cli/watched_paths.ts";

/** An event of the first watch that an instance has. */
function event(mask: number, name = ""): InotifyEvent {
  return { wd: 1, mask, cookie: 0, name };
}

const OVERFLOW = { wd: -1, mask: IN.Q_OVERFLOW, cookie: 0, name: "" };

/** Events on the watched directory `/`, and type and path of what they mean. */
const ROWS: [what: string, event: InotifyEvent, meaning: string[]][] = [
  ["an entry", event(IN.CREATE, "a"), ["create /a"]],
  ["the path itself", event(IN.DELETE_SELF), ["delete_self /"]],
  ["an unmount", event(IN.UNMOUNT), ["unmount /"]],
  ["two bits", event(IN.MODIFY | IN.ATTRIB, "a"), ["modify /a", "attrib /a"]],
  ["an overflow", OVERFLOW, ["overflow"]],
  ["the end of a watch", event(IN.IGNORED), []],
  ["a watch that is unknown", { ...event(IN.OPEN), wd: 2 }, []],
];

for (const [what, event, meaning] of ROWS) {
  Deno.test(`\`WatchedPaths.resolve()\` knows ${what}`, () => {
    using inotify = new Inotify();
    const watched = new WatchedPaths(inotify, ["/"], IN.CREATE);
    assertEquals(
      [...watched.resolve([event])].map((event) =>
        "path" in event ? `${event.type} ${event.path}` : event.type
      ),
      meaning,
    );
  });
}

Deno.test("`WatchedPaths.forget()` drops a watch that has ended", () => {
  using inotify = new Inotify();
  const watched = new WatchedPaths(inotify, ["/", "/proc"], IN.CREATE);
  watched.forget([event(IN.OPEN), event(IN.IGNORED)]);
  assertEquals([...watched], [[2, ["/proc"]]]);
  assertEquals(watched.size, 1);
});
