import { assertEquals } from "@std/assert";
import { Activity } from "../../../lib/cli/top/activity.ts";

function add(activity: Activity, paths: string, now: number): void {
  const events = [...paths].map((
    path,
  ) => ({ type: "open", path } as const));
  activity.add(events, now);
}

function summary(activity: Activity, count = 9): string[] {
  return activity.busiest(count).map(({ path, recent, total }) =>
    `${path} ${recent}/${total}`
  );
}

Deno.test("`Activity` counts in total and in the last second", () => {
  const activity = new Activity();
  assertEquals(activity.all, { total: 0, recent: 0 });
  add(activity, "aab", 5000);
  add(activity, "ab", 5999);
  activity.advance(5999);
  assertEquals(summary(activity), ["a 3/3", "b 2/2"]);
  activity.advance(6000);
  assertEquals(summary(activity), ["a 1/3", "b 1/2"]);
  assertEquals(activity.all, { total: 5, recent: 2 });
  activity.advance(6998);
  assertEquals(activity.all.recent, 2);
  activity.advance(6999);
  assertEquals(summary(activity), ["a 0/3", "b 0/2"]);
  assertEquals(activity.all, { total: 5, recent: 0 });
  assertEquals(activity.paths, 2);
});

Deno.test("`busiest()` sorts by recent events, then by total, then by path", () => {
  const activity = new Activity();
  add(activity, "ddddbbbcccaaa", 0);
  activity.advance(1000);
  add(activity, "ec", 1000);
  const all = ["c 1/4", "e 1/1", "d 0/4", "a 0/3", "b 0/3"];
  for (let count = 0; count <= 6; count++) {
    assertEquals(summary(activity, count), all.slice(0, count));
  }
});

Deno.test("`busiest()` has the same order as sorting", () => {
  const activity = new Activity();
  // Every path has a different count, in no particular order.
  for (let i = 1; i < 1009; i++) {
    const path = `${i}`;
    activity.add(Array(i * 500 % 1009).fill({ type: "open", path }), 0);
  }
  const totals = activity.busiest(50).map(({ total }) => total);
  assertEquals(totals, Array.from({ length: 50 }, (_, i) => 1008 - i));
});
