/** `ref()` and `unref()` of a watcher. */

import { testPrograms } from "../support/ending_program.ts";

testPrograms([
  [
    "`unref()` ends a program that waits for events and has nothing else to do",
    `
    const watcher = await watch(directory, { events });
    print(watcher);
    watcher.unref();
  `,
    [],
  ],
  [
    "`unref()` delivers events as long as the program runs",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until } = print(watcher);
    for (const name of ["a", "b", "c"]) {
      await sleep(10);
      write(name);
      await until(name);
    }
  `,
    ["a", "b", "c"],
  ],
  [
    "`unref()` delivers events that were queued before",
    `
    const watcher = await watch(directory, { events });
    write("a");
    watcher.unref();
    const { until } = print(watcher);
    await until("a");
  `,
    ["a"],
  ],
  [
    "`unref()` can be called while the watcher waits, and more than once",
    `
    const watcher = await watch(directory, { events });
    const { until } = print(watcher);
    for (const name of ["a", "b", "c", "d"]) {
      await sleep(10);
      if (name < "c") watcher.unref();
      else watcher.ref();
      watcher.unref();
      write(name);
      await until(name);
    }
  `,
    ["a", "b", "c", "d"],
  ],
  [
    "`unref()` is undone by `ref()`",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    watcher.ref();
    new Deno.Command("sh", {
      args: ["-c", "sleep 0.3; touch " + directory + "/a"],
      stdout: "null",
    }).spawn().unref();
    for await (const event of watcher) {
      console.log(nameOf(event));
      break;
    }
  `,
    ["a"],
  ],
  [
    "`unref()` loses no event of a burst",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { names, until } = print(watcher, null);
    for (let i = 0; i < 5000; i++) {
      write(i);
      if (i % 100 === 0) await sleep(1);
    }
    await until("4999");
    console.log(names.size);
  `,
    ["5000"],
  ],
  [
    "`unref()` loses no event of a burst that a top-level `await` waits for",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const child = new Deno.Command("sh", {
      args: ["-c", "for i in $(seq 3000); do : > $0/$i; done", directory],
    });
    // The burst ends before its events are taken.
    await child.output();
    const names = new Set();
    for await (const { path } of watcher) {
      if (names.add(path).size === 3000) break;
    }
    console.log(names.size);
  `,
    ["3000"],
  ],
  [
    "`unref()` ends a program during a burst",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until } = print(watcher, null);
    new Deno.Command("sh", {
      args: ["-c", "while mkdir $0/x; do rmdir $0/x; done", directory],
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
    await until("x");
    console.log("done");
  `,
    ["done"],
  ],
  [
    "`unref()` ends a program with a batch that is not yet complete",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    (async () => {
      for await (const _ of watcher.batches({ quiet: 600_000 }));
    })();
    write("a");
    await watcher.sync();
    await sleep(10);
    console.log("done");
  `,
    ["done"],
  ],
  [
    "`unref()` lets `sync()` and `add()` resolve",
    `
    const watcher = await watch(directory, { recursive: true, events });
    watcher.unref();
    print(watcher);
    await sleep(10);
    Deno.mkdirSync(directory + "/a/b/c", { recursive: true });
    await watcher.sync();
    console.log("synced");
    const other = directory + "/../other";
    Deno.mkdirSync(other + "/d/e", { recursive: true });
    await watcher.add(other);
    await watcher.sync();
    console.log("added");
  `,
    ["a", "b", "c", "synced", "added"],
  ],
  [
    "`unref()` does not affect other watchers",
    `
    const one = await watch(directory, { events });
    const other = await watch(directory, { events });
    one.unref();
    const printed = [print(one, null), print(other, null)];
    for (const name of ["a", "b"]) {
      write(name);
      for (const { until } of printed) await until(name);
    }
    await other.close();
    await printed[1].done;
    write("c");
    await printed[0].until("c");
    for (const { names } of printed) console.log([...names].join());
  `,
    ["a,b,c", "a,b"],
  ],
]);
