import { assertEquals } from "@std/assert";
import type { InotifyEvent } from "../../lib/kernel/inotify_event.ts";
import { IN, maskNames } from "../../lib/kernel/mask.ts";
import { type Move, MovePairer } from "../../lib/tree/move_pairer.ts";

/** An event of the directory `wd`. */
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
  /** The names of those held back in the end. */
  held: string[];
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
    what: "pairs halves that interlock, by their cookies",
    events: [from(1, "a", 7), from(2, "b", 8), to(3, "c", 7), to(4, "d", 8)],
    passed: ["1/a -> 3/c", "2/b -> 4/d"],
    held: [],
  },
  {
    what: "pairs halves that come nested",
    events: [from(1, "a", 7), from(2, "b", 8), to(4, "d", 8), to(3, "c", 7)],
    passed: ["2/b -> 4/d", "1/a -> 3/c"],
    held: [],
  },
  {
    what: "holds a first half back",
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
    what: "passes a second half on that comes alone",
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
    what: "waits on when its directory has events of contents",
    events: [
      from(1, "a", 7),
      event(1, IN.ATTRIB | IN.ISDIR, ""),
      modify(1, "b"),
      event(1, IN.CLOSE_WRITE, "b"),
    ],
    passed: ["IN_ATTRIB,IN_ISDIR 1/", "IN_MODIFY 1/b", "IN_CLOSE_WRITE 1/b"],
    held: ["a"],
  },
];

for (const { what, events, passed, held } of ROWS) {
  Deno.test(`\`Moves\` ${what}`, () => {
    const actual: string[] = [];
    const moves = new MovePairer((event) => actual.push(describe(event)));
    for (const event of events) moves.take(event, 0);
    assertEquals(actual, passed);
    assertEquals([...moves.pending.keys()].map(({ name }) => name), held);
  });
}

Deno.test("`release()` passes the halves on that are alone, oldest first", () => {
  const passed: string[] = [];
  const moves = new MovePairer((event) => passed.push(describe(event)));
  moves.take(from(1, "a", 7), 0);
  moves.take(from(2, "b", 8), 0);
  moves.take(from(3, "c", 9), 0);
  moves.flush(({ wd }) => wd === 2);
  assertEquals(passed, ["IN_MOVED_FROM 2/b"]);
  moves.flush();
  moves.flush();
  assertEquals(passed.slice(1), ["IN_MOVED_FROM 1/a", "IN_MOVED_FROM 3/c"]);
  assertEquals(moves.pending.size, 0);
});

Deno.test("`release()` copes with halves that come while it passes others on", () => {
  const passed: string[] = [];
  const moves = new MovePairer((event) => {
    passed.push(describe(event));
    if (passed.length === 1) moves.take(from(3, "c", 9), 0);
  });
  moves.take(from(1, "a", 7), 0);
  moves.take(from(2, "b", 8), 0);
  moves.flush();
  assertEquals(passed, [
    "IN_MOVED_FROM 1/a",
    "IN_MOVED_FROM 2/b",
    "IN_MOVED_FROM 3/c",
  ]);
});

Deno.test("`withdraw()` takes the half of a name back", () => {
  const passed: string[] = [];
  const moves = new MovePairer((event) => passed.push(describe(event)));
  const half = from(1, "a", 7);
  moves.take(half, 0);
  assertEquals(moves.takePending(1, "b"), undefined);
  assertEquals(moves.takePending(2, "a"), undefined);
  assertEquals(moves.takePending(1, "a"), half);
  assertEquals(moves.takePending(1, "a"), undefined);
  moves.take(to(1, "b", 7), 0);
  assertEquals(passed, ["IN_MOVED_TO 1/b"]);
});
