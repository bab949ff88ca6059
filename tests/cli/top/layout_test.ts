import { assertEquals } from "@std/assert";
import { Activity } from "../../../lib/cli/top/activity.ts";
import { layout } from "../../../lib/cli/top/layout.ts";

function activityOf(counts: Record<string, number>): Activity {
  const activity = new Activity();
  for (const [path, count] of Object.entries(counts)) {
    const occurrence = { kind: "modify", path } as const;
    activity.add(Array(count).fill(occurrence), 0);
  }
  return activity;
}

const subject = "2 paths";

Deno.test("`layout()` shows the busiest paths with bars", () => {
  const activity = activityOf({ "a\n": 1, b: 160, c: 80, "文": 77 });
  assertEquals(
    layout({ subject, activity, warning: undefined }, {
      columns: 80,
      rows: 24,
    }),
    [
      "2 paths: 318 events on 4 paths, 318 in the last second",
      "Press q to end",
      "",
      "  RATE/S      TOTAL             PATH",
      "     160        160  ██████████ b",
      "      80         80  █████      c",
      "      77         77  ████▉      文",
      "       1          1  ▏          a\\n",
    ],
  );
});

Deno.test("`layout()` shows no bar for a path without recent events", () => {
  const activity = activityOf({ a: 1, b: 2 });
  activity.advance(1000);
  assertEquals(
    layout({ subject, activity, warning: "A\x1b warning" }, {
      columns: 40,
      rows: 6,
    }),
    [
      "2 paths: 3 events on 2 paths, 0 in the …",
      "A\\u001b warning",
      "",
      "  RATE/S      TOTAL        PATH",
      "       0          2        b",
      "       0          1        a",
    ],
  );
});

Deno.test("`layout()` cuts paths at their start, never within a character", () => {
  const activity = activityOf({
    "long/天地/long/天地": 3,
    "👍🏽é/天地玄": 2,
    "/1234567": 1,
  });
  const size = { columns: 34, rows: 24 };
  const lines = layout({ subject, activity, warning: undefined }, size);
  assertEquals(lines.slice(4), [
    "       3          3  ████ …ng/天地",
    "       2          2  ██▋  …/天地玄",
    "       1          1  █▍   /1234567",
  ]);
});

Deno.test("`layout()` fits any terminal", () => {
  const activity = activityOf({ "a/b/c": 3, d: 2, e: 1 });
  const view = { subject, activity, warning: undefined };
  for (let columns = 1; columns <= 40; columns++) {
    for (let rows = 1; rows <= 8; rows++) {
      const lines = layout(view, { columns, rows });
      assertEquals(lines.length, Math.min(rows, 7));
      assertEquals(lines.filter(({ length }) => length > columns), []);
    }
  }
});
