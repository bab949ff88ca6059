import { loadColors } from "../../../lib/cli/print/colors.ts";
import { assertEquals } from "@std/assert";
import { IN } from "../../../mod.ts";
import { systemError } from "../../../lib/kernel/errno.ts";
import type { WatchEvent } from "../../../lib/tree/watch_event.ts";
import {
  formatJson,
  formatRaw,
  formatText,
  type TextOptions,
} from "../../../lib/cli/print/format.ts";

/** A local time of day. */
const DATE = new Date(2024, 1, 3, 4, 5, 6, 7);

const EVENTS: [event: WatchEvent, columns: string][] = [
  [
    { type: "create", path: "a/b", isDirectory: false },
    "create        a/b",
  ],
  [
    { type: "close_nowrite", path: "a", isDirectory: true },
    "close_nowrite a/",
  ],
  [
    { type: "move", from: "a", path: "b", isDirectory: false },
    "move          a -> b",
  ],
  [
    { type: "move", from: "a", path: "/", isDirectory: true },
    "move          a/ -> /",
  ],
  [{ type: "delete_self", path: "a" }, "delete_self   a"],
  [
    { type: "overflow" },
    "overflow      the kernel dropped events; what changed is reported next",
  ],
  [
    {
      type: "unwatched",
      path: "a",
      error: systemError(13, "open", "a"),
    },
    "unwatched     a: Permission denied (os error 13): watch 'a'",
  ],
];

const colors = await loadColors();

const PLAIN: TextOptions = {
  escape: false,
  date: false,
  terminator: "\n",
};

for (const [event, columns] of EVENTS) {
  Deno.test(`\`formatText()\` prints ${event.type} in columns`, () => {
    assertEquals(formatText([event], DATE, PLAIN), `04:05:06.007 ${columns}\n`);
  });
}

Deno.test("`formatText()` prints one event per line", () => {
  assertEquals(
    formatText(EVENTS.map(([event]) => event), DATE, PLAIN),
    EVENTS.map(([, columns]) => `04:05:06.007 ${columns}\n`).join(""),
  );
  assertEquals(formatText([], DATE, PLAIN), "");
});

Deno.test("`formatText()` prints the date on demand", () => {
  const [event] = EVENTS[0]!;
  assertEquals(
    formatText([event], DATE, { ...PLAIN, date: true }),
    "2024-02-03 04:05:06.007 create        a/b\n",
  );
});

Deno.test("`formatText()` escapes names on demand", () => {
  const event: WatchEvent = {
    type: "create",
    path: "\x1b\n\udcff",
    isDirectory: false,
  };
  assertEquals(
    formatText([event], DATE, PLAIN),
    "04:05:06.007 create        \x1b\n\udcff\n",
  );
  assertEquals(
    formatText([event], DATE, { ...PLAIN, escape: true }),
    "04:05:06.007 create        \\u001b\\n\\udcff\n",
  );
});

Deno.test("`formatText()` colors time and type on demand", () => {
  const event: WatchEvent = { type: "create", path: "a", isDirectory: false };
  assertEquals(
    formatText([event], DATE, { ...PLAIN, colors }),
    "\x1b[2m04:05:06.007\x1b[22m \x1b[32mcreate       \x1b[39m a\n",
  );
});

Deno.test("`formatJson()` prints one object per line, with the time", () => {
  const date = new Date("2024-02-03T04:05:06.007Z");
  const events: WatchEvent[] = [
    { type: "create", path: "a\udcff\n", isDirectory: false },
    { type: "overflow" },
    {
      type: "unwatched",
      path: "a",
      error: systemError(13, "open", "a"),
    },
  ];
  assertEquals(
    formatJson(events, date, PLAIN),
    '{"type":"create","path":"a\\udcff\\n","isDirectory":false,' +
      '"time":"2024-02-03T04:05:06.007Z"}\n' +
      '{"type":"overflow","time":"2024-02-03T04:05:06.007Z"}\n' +
      '{"type":"unwatched","path":"a","error":{"name":"PermissionDenied",' +
      '"code":"EACCES","message":"Permission denied (os error 13): watch ' +
      '\'a\'","syscall":"open","path":"a"},' +
      '"time":"2024-02-03T04:05:06.007Z"}\n',
  );
});

Deno.test("`formatRaw()` prints every field of an event", () => {
  assertEquals(
    formatRaw([
      { wd: 1, mask: IN.CREATE, cookie: 0, name: "x" },
      { wd: 2, mask: IN.MOVED_TO | IN.ISDIR, cookie: 7, name: '"\x1b\udcff' },
      { wd: -1, mask: IN.Q_OVERFLOW, cookie: 0, name: "" },
    ], PLAIN),
    'wd=1 mask=0x100 (IN_CREATE) cookie=0 name="x"\n' +
      "wd=2 mask=0x40000080 (IN_MOVED_TO | IN_ISDIR) cookie=7 " +
      'name="\\"\\u001b\\udcff"\n' +
      'wd=-1 mask=0x4000 (IN_Q_OVERFLOW) cookie=0 name=""\n',
  );
});
