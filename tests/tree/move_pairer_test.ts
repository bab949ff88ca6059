import { assertEquals, assertLess } from "@std/assert";
import type { InotifyEvent } from "../../lib/kernel/inotify_event.ts";
import { IN, maskNames } from "../../lib/kernel/mask.ts";
import { type Move, MovePairer } from "../../lib/tree/move_pairer.ts";

/** Returns an event of the directory `wd`. */
function event(
  wd: number,
  mask: number,
  name: string,
  cookie = 0,
): InotifyEvent {
  return { wd, mask, cookie, name };
}

const from = (wd: number, name: string, cookie: number) =>
  event(wd, IN.MOVED_FROM, name, cookie);
const to = (wd: number, name: string, cookie: number) =>
  event(wd, IN.MOVED_TO, name, cookie);
/** Returns the IN_MOVE_SELF of the directory `wd`. */
const self = (wd: number) => event(wd, IN.MOVE_SELF | IN.ISDIR, "");
const create = (wd: number, name: string) => event(wd, IN.CREATE, name);
const modify = (wd: number, name: string) => event(wd, IN.MODIFY, name);

function describe(passed: InotifyEvent | Move): string {
  return "from" in passed
    ? `${passed.from.wd}/${passed.from.name} -> ${passed.to.wd}/${passed.to.name}`
    : `${maskNames(passed.mask)} ${passed.wd}/${passed.name}`;
}

interface Row {
  what: string;
  events: InotifyEvent[];
  passed: string[];
  /** The names of the first halves that are still held back at the end. */
  held: string[];
  invalidated?: string[];
}

const ROWS: Row[] = [
  {
    what: "pairs two halves that follow each other",
    events: [from(1, "a", 7), to(1, "b", 7)],
    passed: ["1/a -> 1/b"],
    held: [],
  },
  {
    what: "pairs two halves with events of others in between",
    events: [from(1, "a", 7), create(2, "x"), modify(1, "y"), to(3, "b", 7)],
    passed: ["IN_CREATE 2/x", "IN_MODIFY 1/y", "1/a -> 3/b"],
    held: [],
  },
  {
    what: "pairs overlapping halves by their cookies",
    events: [from(1, "a", 7), from(2, "b", 8), to(3, "c", 7), to(4, "d", 8)],
    passed: ["1/a -> 3/c", "2/b -> 4/d"],
    held: [],
  },
  {
    what: "pairs nested halves",
    events: [from(1, "a", 7), from(2, "b", 8), to(4, "d", 8), to(3, "c", 7)],
    passed: ["2/b -> 4/d", "1/a -> 3/c"],
    held: [],
  },
  {
    what: "holds back a first half",
    events: [create(1, "x"), from(1, "a", 7)],
    passed: ["IN_CREATE 1/x"],
    held: ["a"],
  },
  {
    what: "holds back halves of several directories",
    events: [from(1, "a", 7), from(2, "b", 8), create(3, "x")],
    passed: ["IN_CREATE 3/x"],
    held: ["a", "b"],
  },
  {
    what: "passes on a second half without a first one",
    events: [to(1, "b", 7), from(1, "a", 8), to(2, "c", 9)],
    passed: ["IN_MOVED_TO 1/b", "IN_MOVED_TO 2/c"],
    held: ["a"],
  },
  {
    what: "knows that a half is alone when its directory has another event",
    events: [from(1, "a", 7), create(1, "a")],
    passed: ["IN_MOVED_FROM 1/a", "IN_CREATE 1/a"],
    held: [],
  },
  {
    what: "knows that a half is alone when its directory has another half",
    events: [from(1, "a", 7), from(1, "b", 8), to(1, "c", 9)],
    passed: ["IN_MOVED_FROM 1/a", "IN_MOVED_FROM 1/b", "IN_MOVED_TO 1/c"],
    held: [],
  },
  {
    what: "knows that a half is alone when its directory is gone",
    events: [from(1, "a", 7), event(1, IN.IGNORED, ""), to(1, "b", 7)],
    passed: ["IN_MOVED_FROM 1/a", "IN_IGNORED 1/", "IN_MOVED_TO 1/b"],
    held: [],
  },
  {
    what: "continues to wait when its directory has events of contents",
    events: [
      from(1, "a", 7),
      event(1, IN.ATTRIB | IN.ISDIR, ""),
      modify(1, "b"),
      event(1, IN.CLOSE_WRITE, "b"),
    ],
    passed: ["IN_ATTRIB,IN_ISDIR 1/", "IN_MODIFY 1/b", "IN_CLOSE_WRITE 1/b"],
    held: ["a"],
  },
  {
    what: "waits for the IN_MOVE_SELF of a moved directory",
    events: [from(1, "dir9", 7), to(2, "b", 7), create(3, "x"), self(9)],
    passed: ["IN_CREATE 3/x", "1/dir9 -> 2/b"],
    held: [],
  },
  {
    what: "knows by IN_MOVE_SELF that a half is alone",
    events: [from(1, "dir9", 7), self(9)],
    passed: ["IN_MOVED_FROM 1/dir9"],
    held: [],
  },
  {
    what: "invalidates a move of another directory than is known",
    events: [from(1, "dir9", 7), to(2, "b", 7), self(8), create(2, "x")],
    passed: ["IN_CREATE 2/x"],
    held: [],
    invalidated: ["IN_MOVE_SELF,IN_ISDIR 8/", "1/dir9 -> 2/b"],
  },
  {
    what: "invalidates a half of another directory than is known",
    events: [from(1, "dir9", 7), create(1, "x")],
    passed: ["IN_CREATE 1/x"],
    held: [],
    invalidated: ["IN_MOVED_FROM 1/dir9"],
  },
];

/** Returns a pairer and the results of its events. The watch of `dir9` is 9. */
function scene() {
  const passed: string[] = [];
  const invalidated: string[] = [];
  const pairer = new MovePairer({
    watchOf: ({ name }) => Number(/^dir(.)$/.exec(name)?.[1] ?? -1),
    pass: (event) => passed.push(describe(event)),
    invalidate: (event) => invalidated.push(describe(event)),
  });
  const held = () => [...pairer.pending].map(({ from }) => from.name);
  return { pairer, passed, invalidated, held };
}

for (const { what, events, passed, held, invalidated = [] } of ROWS) {
  Deno.test(`\`MovePairer\` ${what}`, () => {
    const actual = scene();
    for (const event of events) actual.pairer.take(event);
    assertEquals(actual.passed, passed);
    assertEquals(actual.held(), held);
    assertEquals(actual.invalidated, invalidated);
  });
}

Deno.test("`flush()` passes on lone halves, but no later events", () => {
  const { pairer, passed, invalidated, held } = scene();
  for (const half of [from(1, "a", 7), from(2, "b", 8), from(3, "dir9", 9)]) {
    pairer.take(half);
  }
  const pending = [...pairer.pending];
  pairer.take(from(4, "c", 10));
  pairer.take(to(2, "d", 7));
  pairer.flush(pending);
  pairer.flush(pending);
  assertEquals(passed, ["IN_MOVED_FROM 2/b", "1/a -> 2/d"]);
  assertEquals(invalidated, ["IN_MOVED_FROM 3/dir9"]);
  assertEquals(held(), ["c"]);
});

Deno.test("`clear()` forgets the pending renames", () => {
  const { pairer, passed, held } = scene();
  pairer.take(from(1, "a", 7));
  pairer.clear();
  assertEquals(held(), []);
  pairer.take(to(1, "b", 7));
  assertEquals(passed, ["IN_MOVED_TO 1/b"]);
});

Deno.test("`MovePairer` takes no longer for each of many pending renames", () => {
  let passed = 0;
  const pairer = new MovePairer({
    watchOf: () => -1,
    pass: () => passed++,
    invalidate: () => {},
  });
  const count = 50_000;
  const start = performance.now();
  for (let i = 0; i < count; i++) pairer.take(from(i, "a", i + 1));
  assertEquals(pairer.pending.size, count);
  for (let i = 0; i < count; i += 2) pairer.take(to(count + i, "a", i + 1));
  for (let i = 1; i < count; i += 2) pairer.take(create(i, "b"));
  // Looking at all of them each time would take more than a minute.
  assertLess(performance.now() - start, 10_000);
  assertEquals([passed, pairer.pending.size], [1.5 * count, 0]);
});
