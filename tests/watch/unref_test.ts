/** `ref()` and `unref()`, in programs that end when nothing keeps them running. */

import { assertEquals } from "@std/assert";
import { TestDirectory } from "../support/directory.ts";
import { withDeadline } from "../support/until.ts";

/** The start of each program. */
const head = `
import { IN, Inotify, watch } from "${import.meta.resolve("../../mod.ts")}";
import { watchFs } from "${import.meta.resolve("../../watch_fs.ts")}";
const directory = Deno.args[0];
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
const write = (name) => Deno.writeTextFileSync(directory + "/" + name, "");
const nameOf = ({ paths, path = paths?.at(-1), name = path.split("/").at(-1) }) =>
  name;
/** Prints the names of created entries, unless the label is null. */
function print(events, label = "", isQuiet = label === null) {
  const names = new Set();
  const done = (async () => {
    for await (const event of events) {
      names.add(nameOf(event));
      if (!isQuiet) console.log(label + nameOf(event));
    }
    if (!isQuiet) console.log(label + "end");
  })();
  const until = async (name) => {
    while (!names.has(name)) await sleep(1);
  };
  return { until, names, done };
}
const events = ["create"];
`;

/** Programs, and the text that each prints before it ends by itself. */
const PROGRAMS: [what: string, text: string, output: string[]][] = [
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
  [
    "`ref()` ends the signals of `unref()`",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until } = print(watcher, null);
    const sendsSignals = () => Deno.readDirSync("/proc/self/fdinfo")
      .some(({ name }) => {
        let text = "";
        try {
          text = Deno.readTextFileSync("/proc/self/fdinfo/" + name);
        } catch { /* It was the one for the directory. */ }
        const O_ASYNC = 0o20000;
        const flags = parseInt(/flags:\\s+(\\d+)/.exec(text)?.[1] ?? "0", 8);
        return text.includes("inotify wd:") && (flags & O_ASYNC) !== 0;
      });
    for (const name of ["a", "b"]) {
      write(name);
      await until(name);
      console.log(sendsSignals());
      watcher.ref();
    }
    await watcher.close();
  `,
    ["true", "false"],
  ],
  [
    "`unref()` does not disturb the program's own listener for SIGIO",
    `
    let count = 0;
    const listener = () => count++;
    Deno.addSignalListener("SIGIO", listener);
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until } = print(watcher);
    await sleep(1);
    write("a");
    await until("a");
    Deno.removeSignalListener("SIGIO", listener);
    await sleep(1);
    write("b");
    await until("b");
    Deno.addSignalListener("SIGIO", listener);
    await watcher.close();
    count = 0;
    Deno.kill(Deno.pid, "SIGIO");
    while (count === 0) await sleep(1);
    console.log(count);
    Deno.removeSignalListener("SIGIO", listener);
  `,
    ["a", "b", "end", "1"],
  ],
  [
    "`unref()` sends no signal to child processes, nor after `close()`",
    `
    const watcher = await watch(directory, { events });
    watcher.unref();
    const { until, done } = print(watcher);
    const child = new Deno.Command("sh", {
      args: ["-c", "for i in 1 2 3 4 5; do touch $0/$i; sleep 0.02; done", directory],
    });
    const { code, signal } = await child.output();
    await until("5");
    console.log(code, signal);
    await watcher.close();
    await done;
    for (let i = 0; i < 100; i++) write("after" + i);
    await sleep(20);
  `,
    ["1", "2", "3", "4", "5", "0 null", "end"],
  ],
  [
    "`unref()` allows closing watchers in any order",
    `
    let count = 0;
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (const refs of [[1, 1, 0], [0, 0, 0], [0, 1, 1]]) {
      for (const order of orders) {
        const watchers = [];
        for (const isRef of refs) {
          const watcher = await watch(directory, { events });
          if (!isRef) watcher.unref();
          watchers.push({ watcher, ...print(watcher, null) });
        }
        for (const i of order) {
          const name = String(count++);
          await sleep(0);
          write(name);
          const open = watchers.filter((each) => each);
          await Promise.all(open.map(({ until }) => until(name)));
          const { watcher, done } = watchers[i];
          watchers[i] = undefined;
          await watcher.close();
          watcher.ref();
          watcher.unref();
        }
      }
    }
    const left = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
      try {
        return Deno.readLinkSync("/proc/self/fd/" + name);
      } catch {
        return "";
      }
    });
    console.log(left.filter((each) => each.includes("inotify")).length);
    await watch(directory).then((watcher) => watcher.unref());
  `,
    ["0"],
  ],
  [
    "`Inotify` has `unref()`",
    `
    const inotify = new Inotify();
    inotify.unref();
    inotify.addWatch(directory, IN.CREATE);
    const { until } = print(inotify.readable);
    for (const name of ["a", "b"]) {
      await sleep(1);
      write(name);
      await until(name);
    }
    const other = new Inotify();
    other.unref();
    const start = performance.now();
    setTimeout(() => {}, 200);
    await other.wait(50);
    console.log(performance.now() - start >= 49);
    await other.close();
    other.unref();
    other.ref();
    console.log(await other.wait());
  `,
    ["a", "b", "true", "false"],
  ],
  [
    "`watchFs()` has `unref()`",
    `
    const watcher = watchFs(directory);
    watcher.unref();
    const { until } = print(watcher);
    for (const name of ["a", "b"]) {
      await sleep(1);
      Deno.mkdirSync(directory + "/" + name);
      await until(name);
    }
  `,
    ["a", "b"],
  ],
  [
    "`watchFs()` does not keep a program running without an iteration",
    `
    const watchers = [watchFs(directory), watchFs(directory)];
    await sleep(10);
    write("a");
    await sleep(10);
    const { value } = await watchers[0].next();
    console.log(value.kind);
  `,
    ["create"],
  ],
  [
    "`watchFs()` keeps a program running during an iteration",
    `
    const watchers = [watchFs(directory), watchFs(directory)];
    new Deno.Command("sh", {
      args: ["-c", "sleep 0.3; mkdir " + directory + "/a"],
      stdout: "null",
    }).spawn().unref();
    for await (const { kind } of watchers[1]) {
      console.log(kind);
      break;
    }
  `,
    ["create"],
  ],
  [
    "`watchFs()` keeps a program running that does other work between two events",
    `
    const watcher = watchFs(directory);
    let count = 0;
    const writing = (async () => {
      for (let i = 0; i < 20; i++) {
        Deno.mkdirSync(directory + "/" + i);
        while (count <= i) await sleep(1);
      }
    })();
    for await (const { paths } of watcher) {
      await sleep(2);
      if (++count === 20) break;
    }
    await writing;
    console.log(count);
  `,
    ["20"],
  ],
];

for (const [what, text, output] of PROGRAMS) {
  Deno.test(what, async () => {
    using directory = new TestDirectory();
    const program = directory.at("program.ts");
    // The end of the program also ends its work in the background.
    const watched = directory.directory("watched");
    Deno.writeTextFileSync(program, head + text);
    const options = ["--quiet", "--no-config", "--no-lock", "--no-check"];
    const { code, stdout, stderr } = await withDeadline(
      new Deno.Command(Deno.execPath(), {
        args: ["run", ...options, "--allow-all", program, watched],
      }).output(),
      "the end of the program",
    );
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stderr), "");
    assertEquals(decoder.decode(stdout).split("\n").slice(0, -1), output);
    assertEquals(code, 0);
  });
}
