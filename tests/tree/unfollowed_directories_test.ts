import { assertEquals } from "@std/assert";
import { Directory } from "../../lib/tree/node.ts";
import { UnfollowedDirectories } from "../../lib/tree/unfollowed_directories.ts";

function starve(count: number): [UnfollowedDirectories, Directory[]] {
  const starved = new UnfollowedDirectories();
  const directories = Array.from(
    { length: count },
    (_, i) => new Directory(undefined, `${i}`),
  );
  for (const directory of directories) starved.add(directory, true);
  return [starved, directories];
}

Deno.test("`UnfollowedDirectories` tries one at a time, after growing pauses", () => {
  const [starved, directories] = starve(3);
  assertEquals(starved.take(performance.now()), []);
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    const { due } = starved;
    assertEquals(starved.take(due), [directories[i % 3]]);
    pauses.push(starved.due - due);
  }
  assertEquals(pauses.map(Math.round), [
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    16_000,
    16_000,
    16_000,
  ]);
});

Deno.test("`UnfollowedDirectories` tries more of them after each success", () => {
  const [starved, directories] = starve(20);
  let tries = starved.take(starved.due);
  const counts: number[] = [];
  while (tries.length > 0) {
    counts.push(tries.length);
    for (const directory of tries) starved.delete(directory);
    tries = starved.take(0);
  }
  assertEquals(counts, [1, 2, 4, 8, 5]);
  assertEquals(starved.due, Infinity);
  for (const directory of directories) starved.delete(directory);
  assertEquals(starved.take(Infinity), []);
});

Deno.test("`UnfollowedDirectories` tries one for each watch that was released", () => {
  const [starved, directories] = starve(3);
  starved.addTries(2);
  assertEquals(starved.take(0), directories.slice(0, 2));
  assertEquals(starved.take(0), []);
});

Deno.test("`UnfollowedDirectories` forgets directories that left their trees", () => {
  const [starved, directories] = starve(3);
  for (const directory of directories) directory.isRemoved = true;
  assertEquals(starved.take(starved.due), []);
  assertEquals(starved.due, Infinity);
});

Deno.test("`UnfollowedDirectories` keeps the order of those that fail again", () => {
  const [starved, directories] = starve(4);
  const followed: Directory[] = [];
  for (let i = 0; i < 3; i++) {
    starved.addTries(1);
    const [next] = starved.take(0);
    // After this directory, the limit is reached again.
    starved.delete(next!);
    starved.take(0);
    followed.push(next!);
  }
  assertEquals(followed, directories.slice(0, 3));
});
